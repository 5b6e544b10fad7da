"""Superset's settings for these dashboards: SUPERSET_CONFIG_PATH names this file, with or without containers."""

import os

# Encrypts the stored passwords of databases: keep it as it is, or they must be given again.
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]

HOME = os.environ.get("SUPERSET_HOME", os.path.expanduser("~/.superset"))

# Superset's own tables; SQLite does for one person.
SQLALCHEMY_DATABASE_URI = os.environ.get("SUPERSET_METADATA_URI", f"sqlite:///{HOME}/superset.db")

# What charts show is kept for 6 hours. `npm run export` fills it anew where SUPERSET_URL is set.
DATA_CACHE_CONFIG = {
    "CACHE_TYPE": "FileSystemCache",
    "CACHE_DIR": os.path.join(HOME, "cache"),
    "CACHE_DEFAULT_TIMEOUT": 6 * 60 * 60,
    "CACHE_THRESHOLD": 10_000,
}

# One process serves one person: the rest needs no cache of its own, and no warning of that either.
RATELIMIT_STORAGE_URI = "memory://"
