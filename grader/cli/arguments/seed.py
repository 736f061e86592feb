"""The words of ``grader seed``."""

import argparse

DESCRIPTION = """\
Make and tell secret seeds. Cases that are drawn from a secret seed are known to nobody before the grades
are out; the report names the seed's commitment, its hash, from the start. Once the secret is published,
everybody can see that it is the one that was fixed before, and draw the same cases."""

EPILOG = """\
examples:
  grader seed new hw1.seed                    make a secret, and print its commitment: publish that now
  grader batch hw1.zip --rubric hw1.toml --out hw1 --secret-seed hw1.seed
  grader seed tell hw1.seed                   print the commitment again
  grader seed verify hw1.seed sha256:3fa9...  once hw1.seed is published

exit status:
  0  done; the secret is the one that was committed to
  1  the secret is another one
  2  a bad argument or file"""


def add(seed: argparse.ArgumentParser) -> None:
    """Add what the command takes.

    Parameters
    ----------
    seed : ArgumentParser
        The command's.
    """
    actions = seed.add_subparsers(dest="action", metavar="ACTION", required=True)
    new = actions.add_parser("new", help="write a new secret to FILE, and print its commitment", allow_abbrev=False)
    new.add_argument("file", metavar="FILE")
    tell = actions.add_parser("tell", help="print the commitment to the secret in FILE", allow_abbrev=False)
    tell.add_argument("file", metavar="FILE")
    verify = actions.add_parser("verify", help="say whether FILE is what was committed to", allow_abbrev=False)
    verify.add_argument("file", metavar="FILE")
    verify.add_argument("commitment", metavar="sha256:HEX")
