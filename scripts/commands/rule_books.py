"""List the ready rule books, and check that every sheet sums to its heading."""

import argparse
import sys

from service.contests import rules
from service.contests.book import RuleBook
from service.contests.ready_books import Template, templates
from service.contests.terms import terms_value
from service.core.errors import Refusal


def main(arguments: list[str]) -> int:
    """Print a line for each ready rule book; 1 where one cannot be used as it is."""
    argparse.ArgumentParser("raymi rule-books", description=__doc__).parse_args(arguments)
    failed = 0
    for each in templates():
        try:
            print(line(each, checked(each)))
        except Refusal as refusal:
            failed = 1
            print(f"raymi rule-books: {each.code}: {refusal.name}: {refusal}", file=sys.stderr)
    return failed


def checked(each: Template) -> RuleBook:
    """The rule book of a template, which has a heading for each stage. Raises what makes it unusable."""
    terms_value(each.terms)
    book = rules.read_book(each.book)
    for stage in each.book["stages"]:
        if "heading" not in stage:
            raise rules.HeadingDiffers(stage=stage["code"], heading="–", total=rules.total_of(book.stages[stage["code"]]))
    return book


def line(each: Template, book: RuleBook) -> str:
    """Code, type, request, title, and what each stage sums to."""
    sums = " + ".join(f"{code} {rules.total_of(stage)}" for code, stage in book.stages.items())
    return f"{each.code:<13} {each.plan_type:<6} {each.request_number}  {each.title['en']}: {sums}"
