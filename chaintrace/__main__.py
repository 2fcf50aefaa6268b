"""`python -m chaintrace` is the command line."""

from chaintrace.cli import main

if __name__ == "__main__":
    main()
