lock:  ## re-make the lock files (hashes, no addresses)
	uv pip compile pyproject.toml locks/build.in
