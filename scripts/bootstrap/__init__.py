"""The set-up of a bare machine: virtual environment, Debian packages, fonts. Standard library only, since it runs first."""
