"""`python -m silkreel` is the command `silkreel`."""

from silkreel.cli import main

if __name__ == "__main__":
    main()
