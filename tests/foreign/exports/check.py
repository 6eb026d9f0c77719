"""Reads what harbor-ext exports with the programs that it is for.

The arguments are the folder of the schemas of harbor-ext, and folders with the exports of a registry.
"""

import csv
import json
import re
import sys
import unicodedata
from datetime import datetime
from pathlib import Path

import duckdb
import jsonschema
import pandas
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from junitparser import JUnitXml
from packageurl import PackageURL
from prometheus_client.parser import text_string_to_metric_families

LISTS = ("tags", "image_digests", "suppressions", "cwe_ids", "links")


def check_json(folder: Path, export: dict, schemas: Path) -> None:
    schema = json.loads((schemas / "Export.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(export)
    row_schema = jsonschema.Draft202012Validator(json.loads((schemas / "ExportFinding.json").read_text()))
    lines = (folder / "findings.ndjson").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    rows = [json.loads(line) for line in lines]
    assert rows == export["findings"]
    for row in rows:
        row_schema.validate(row)


def unguard(text: str) -> str:
    """Takes the apostrophe off that keeps a spreadsheet from reading a formula."""
    skipped = "\"'`\u2018\u2019\u201c\u201d\ufffd"

    def is_formula(rest: str) -> bool:
        if rest.lstrip("'")[:1] in ("\t", "\n", "\r") and rest.lstrip("'"):
            return True
        while rest and (rest[0].isspace() or rest[0] in skipped):
            rest = rest[1:]
        return rest[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20") and rest != ""

    return text[1:] if text.startswith("'") and is_formula(text[1:]) else text


def check_csv(folder: Path, export: dict) -> None:
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert len(rows) == len(export["findings"])
    for row, finding in zip(rows, export["findings"]):
        assert list(row) and set(row) == set(finding)
        for column, cell in row.items():
            # What a spreadsheet would take for a formula.
            is_number = re.fullmatch(r"-?[0-9.e-]+", cell)
            assert is_number or cell.lstrip(" \"")[:1] not in tuple("=+-@\t\r\n") or cell == "", (column, cell)
            assert not any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in cell), (column, cell)
            expected = finding[column]
            if isinstance(expected, str) and len(expected) < 32_000:
                assert unguard(cell) == visible(expected), (column, cell, expected)


def visible(text: str) -> str:
    """The text as people get to see it: what is not to be read is shown by its number."""
    for end in ["\r\n", "\r", "\u2028", "\u2029"]:
        text = text.replace(end, "\n")
    return "".join(f"⟨U+{ord(one):04X}⟩" if is_unreadable(one) else one for one in text)


def is_unreadable(character: str) -> bool:
    # Control characters, marks of direction, what has no width, and what XML cannot hold.
    return character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cf", "Cn")


def check_cyclonedx(folder: Path, export: dict) -> None:
    text = (folder / "bom.cdx.json").read_text(encoding="utf-8")
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert error is None, error
    bom = json.loads(text)
    assert len(bom["components"]) == len(export["artifacts"])
    for component in bom["components"]:
        assert PackageURL.from_string(component["purl"]).version == component["version"]
        for package in component.get("components", []):
            if "purl" in package:
                purl = PackageURL.from_string(package["purl"])
                assert purl.version == package["version"], purl
    affected = {(one["ref"], each["id"]) for each in bom["vulnerabilities"] for one in each["affects"]}
    assert affected


def check_junit(folder: Path, export: dict) -> None:
    report = JUnitXml.fromfile(str(folder / "junit.xml"))
    cases = [case for suite in report for case in suite]
    assert report.tests == len(cases) >= len(export["findings"])
    failed = sum(any(type(result).__name__ == "Failure" for result in case.result) for case in cases)
    assert failed == report.failures == sum(not row["suppressed"] for row in export["findings"])


def check_prometheus(folder: Path, export: dict) -> None:
    families = {one.name: one for one in text_string_to_metric_families((folder / "metrics.prom").read_text())}
    assert sum(sample.value for sample in families["harbor_findings"].samples) == len(export["findings"])
    assert sum(sample.value for sample in families["harbor_artifacts"].samples) == len(export["artifacts"])
    assert families["harbor_findings"].documentation and families["harbor_findings"].type == "gauge"


def check_parquet(folder: Path, export: dict) -> None:
    path = str(folder / "findings.parquet")
    findings = export["findings"]
    count, critical, tagged, newest = duckdb.sql(
        f"""SELECT count(*), count(*) FILTER (severity = 'Critical' AND fixable), count(*) FILTER (len(tags) > 0),
        epoch(max(scanned_at)) FROM '{path}'"""
    ).fetchall()[0]
    assert count == len(findings)
    assert critical == sum(row["severity"] == "Critical" and row["fixable"] for row in findings)
    assert tagged == sum(bool(row["tags"]) for row in findings)
    times = [datetime.fromisoformat(row["scanned_at"]).timestamp() for row in findings if row["scanned_at"]]
    assert newest == max(times, default=None), newest
    types = dict(duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')").fetchall())
    assert types["epss"] == "DOUBLE" and types["kev"] == "BOOLEAN" and types["kev_due"] == "DATE", types
    assert types["scanned_at"] == "TIMESTAMP WITH TIME ZONE" and types["tags"] == "VARCHAR[]", types

    frame = pandas.read_parquet(path)
    assert list(frame.columns) == list(types) and len(frame) == len(findings)
    assert str(frame["scanned_at"].dtype).endswith("UTC]"), frame["scanned_at"].dtype
    for column in frame.columns:
        for value, row in zip(frame[column], findings):
            expected = row[column]
            if column in LISTS:
                assert list(value) == expected, (column, value, expected)
            elif expected is None:
                assert pandas.isna(value), (column, value)
            elif isinstance(expected, str) and column not in ("kev_added", "kev_due") and not column.endswith(("_at", "_seen")):
                assert value == expected, (column, value, expected)


def check_envelopes(folder: Path, export: dict) -> None:
    """Reads the files as DefectDojo's parser of Harbor's reports does."""
    files = sorted((folder / "envelope").iterdir())
    assert len(files) == sum(row["state"] == "reported" for row in export["artifacts"])
    for file in files:
        data = json.loads(str(file.read_bytes(), "utf-8"))
        vulnerabilities = data[next(iter(data.keys()))]["vulnerabilities"]
        for item in vulnerabilities or []:
            title = f"{item.get('id')} - {item.get('package')} ({item.get('version')})"
            assert title and isinstance(item, dict)
            "".join(f"{link}\n" for link in item.get("links") or [])


def main() -> None:
    schemas, *folders = map(Path, sys.argv[1:])
    for folder in folders:
        export = json.loads((folder / "export.json").read_text(encoding="utf-8"))
        check_json(folder, export, schemas)
        for check in (check_csv, check_cyclonedx, check_junit, check_prometheus, check_parquet, check_envelopes):
            check(folder, export)
        print(f"{folder}: {len(export['findings'])} findings in every format")


if __name__ == "__main__":
    main()
