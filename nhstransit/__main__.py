"""`python -m nhstransit` is the command."""

from nhstransit.cli import main

if __name__ == "__main__":
    main()
