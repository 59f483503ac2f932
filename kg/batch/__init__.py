"""Many articles: worker processes, a cache of finished analyses, and the report of a run."""
