"""`python -m nhstransit` runs the command line."""

from nhstransit.cli import main

if __name__ == "__main__":
    main()
