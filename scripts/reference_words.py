"""Sentences of docs/reference.md that no part of the code holds; `scripts/reference.py` uses them."""

FUNCTIONS = {
    "ABS": "absolute value",
    "LOG10": "decimal logarithm; null for zero or less",
    "FLOOR": "the largest whole number that is not larger",
    "MOD": "remainder, with the sign of the first argument; null for a divisor of zero",
    "ROUND": "rounded, to the given number of decimals if there is one; a half goes away from zero",
    "DIGIT": "last digit of the whole part; of a text, of the number that it begins with; null if negative",
    "UPPER": "a text in upper case",
}
SCOPES = {
    "each": "Runs on each input by itself.",
    "all": "Takes all inputs and makes one table of them.",
    "whole": "Runs on the one table that the recipe has by then.",
}
ROLES = {
    "id": "the catalogue's own id; several columns as a list",
    "ra": "right ascension",
    "dec": "declination",
    "z": "redshift",
    "z_err": "its error",
    "z_flag": "the survey's quality flag",
    "survey": "name of the survey, row by row",
    "instrument_type": "s, g or p, row by row",
}
FILES = {
    "CITATION.cff": "how to cite this training set",
    "README.md": "what it is, how it was made, who may see it",
    "checksums.sha256": "sha256 of every other file, as `sha256sum -c` reads it",
    "data/training_set.parquet": "the training set",
    "data/excluded.parquet": "the rows that left: at which step (of provenance.json) and why",
    "data/specz_public.parquet": "the redshifts as before the match, nothing of an object, "
    "if `public` was asked for",
    "data/measurements.parquet": "all measurements of all groups, as they were before the match",
    "data/training_set.csv": "the training set, if `csv` was asked for",
    "data/training_set.csv-metadata.json": "access, units and meanings of the columns of the CSV file",
    "data/training_set.fits": "the training set, if `fits` was asked for",
    "data/training_set.hdf5": "the training set, if `hdf5` was asked for",
    "inputs/NAME": "what came from an archive, as it came, where its terms are known to allow a copy",
    "provenance.json": "what was used and what was made, as W3C PROV",
    "rail/PART.hdf5": "each part as RAIL reads it, if `rail-hdf5` was asked for",
    "rail/catalog_tag.yaml": "the catalogue tag and the columns of these files",
    "qa/match.json": "the quality of the match: separations, chance, purity, offsets",
    "qa/match.svg": "the same as a picture",
    "recipe.tsm.lock": "sha256 of inputs, rule packs and release profile; software; digest of the table",
    "recipe.tsm.yaml": "the recipe",
    "references.bib": "the surveys, the release and the software to cite",
    "ro-crate-metadata.json": "the same as an RO-Crate",
    "ACKNOWLEDGEMENTS.txt": "whom to acknowledge: surveys with their terms, release, services",
    "schema.json": "columns with type, unit, UCD and meaning",
}
START = """\
# Reference

Made from the code by `make schemas`: do not edit."""

OPERATIONS = """\
## Operations

`pz-tsm ops` and `pz-tsm ops NAME` say the same, and list the operations that other packages add."""

COLUMNS_OF_INPUT = """\
`columns:` of an input says which column has which role. What is not said is told by UCDs and by usual
names, and the report says how. `ra`, `dec` and `z` must be found."""

READING = """\
Relative paths start at the recipe's folder. Values that stand for "none" (-99, 9.99 and the like)
become null when a catalogue is read, and are counted."""

CONDITIONS = """\
## Conditions

The condition part of ADQL. Used by `filter`, by `eligible` of combine, by rule packs and by the
explorer.

- Comparisons: `=` `<>` (or `!=`) `<` `<=` `>` `>=`, `x BETWEEN a AND b`, `x IN (a, b)`, `x LIKE 'A%'`
  (`%` any text, `_` any one character; case matters), `x IS NULL`; with NOT: `NOT BETWEEN`, `NOT IN`,
  `NOT LIKE`, `IS NOT NULL`.
- They are joined by `NOT`, `AND`, `OR`, in this order of precedence, and parentheses.
- Arithmetic: `+` `-` `*` `/` and the functions below. Division by zero gives null.
- Texts stand in single quotation marks, a quotation mark in them is doubled: `'O''Neill'`. Numbers:
  `3`, `0.5`, `1e-3`. Whole numbers are exact to 64 bits. `TRUE`, `FALSE`, `NULL`.
- Columns stand by their names, case matters; in double quotation marks if the name has other characters
  than letters, digits and `_`, or is a keyword or a preset. Keywords and functions may have any case.
- Logic has three values: a comparison with null or NaN is unknown, and a row for which a condition is
  unknown does not pass. `IS NULL` is true for null, not for NaN."""

COLUMNS = """\
## Columns

These names mean the same in every table. A catalogue's other columns keep their names until combine
(its `keep:` keeps some for longer); one that clashes with a name below is parked as `NAME__orig`. In
the magnitudes null is "not observed" and NaN is "observed, flux not positive". `{flux}` is a flux
family of the release, such as `gaap1p0`."""

RULES = """\
## Rule packs

How each survey's own flag becomes `z_flag_homogenized`, `instrument_type`, `spec_class`, `is_secondary`
and `confidence`. The conditions stand in the packs themselves, `pz_tsm/ops/homogenize/rules/*.yaml`;
each row's `flag_rule` names the rule that gave its flag. `pz-tsm rules` lists the surveys. Types: s
spectroscopic, g grism or prism, p photometric."""

RELEASES = """\
## Releases

Profiles of object catalogues, for `release:` of match. Flux families with `*` are taken unless
`columns:` says otherwise. Where a release's HATS catalogue stands is said in the recipe or in
`PZ_TSM_RELEASES` (see [Troubleshooting](troubleshooting.md))."""

COMMAND_LINE_END = "Exit status: 0; 1 when something is wrong, 2 for wrong arguments, 130 when stopped."
