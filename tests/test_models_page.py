"""docs/models.md is what the program prints."""
import sys

from program import read, viaport

if viaport("list", "--markdown").decode() != read("docs/models.md"):
    sys.exit("docs/models.md is out of date: viaport list --markdown > docs/models.md")
