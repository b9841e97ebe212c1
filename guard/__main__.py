"""`python -m guard` is the console command."""

from guard.cli.main import main

if __name__ == "__main__":
    main()
