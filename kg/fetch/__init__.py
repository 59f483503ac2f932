"""Articles from the web: feeds, sitemaps and lists of addresses become a web archive that ``kg build`` reads."""
