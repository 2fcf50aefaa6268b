"""The program: what the command `chaintrace` starts, and `python -m chaintrace`.

The command line is loaded inside, so that an interrupt ends alike whether it comes while that loads or later.
"""

import sys

INTERRUPTED = 130
"""The exit code after an interrupt (docs/commands.md)."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from chaintrace import cli

        cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("chaintrace: interrupted: no file was left half written\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
