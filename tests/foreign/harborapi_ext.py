"""Compares harborapi.ext with harbor-ext on the same registry, function by function.

Arguments: the line that harbor-sim prints when it is ready, and a file with the answers of harbor-ext (see
tests/examples/harborapi_answers.rs). Whatever harborapi.ext answers otherwise than its documentation says is not
compared: the questions are asked such that both can answer them.
"""

import asyncio
import json
import sys

from harborapi import HarborAsyncClient
from harborapi.ext import api as bulk
from harborapi.ext.artifact import ArtifactInfo
from harborapi.ext.report import ArtifactReport
from harborapi.models.scanner import Severity

from plain import ADMIN, API, Checks

KIND = "application/vnd.security.vulnerability.report; version=1.1"


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        expected = json.load(file)
    answers = asyncio.run(ask())
    checks = Checks("harborapi.ext")
    for question in sorted(answers.keys() | expected.keys()):
        compare(checks, question, answers.get(question), expected.get(question))
    print(f"harborapi.ext: {checks.agreed} answers agree, {checks.failed} differ")
    sys.exit(1 if checks.failed else 0)


def compare(checks, question, found, expected):
    """Compares part by part, so that a difference is told where it is."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(found.keys() | expected.keys()):
            compare(checks, f"{question} / {key}", found.get(key), expected.get(key))
    elif isinstance(found, float) and isinstance(expected, (int, float)):
        checks.equal(question, round(expected, 9), round(found, 9))
    else:
        checks.equal(question, expected, found)


async def ask():
    """Everything that harborapi.ext can be asked."""
    client = HarborAsyncClient(url=API, username=ADMIN[0], secret=ADMIN[1])
    everything = await bulk.get_artifacts(client)
    infos = [await with_report(client, info) for info in everything]
    report = ArtifactReport.from_artifacts(infos)
    return {
        **await fetched(client, everything),
        "artifacts": {info.name_with_digest_full: of_artifact(info) for info in infos},
        "report": of_report(report),
        "chosen": chosen(report),
    }


async def fetched(client, everything):
    """A1 to A4, and A8."""
    single = await bulk.get_artifact(client, "shop", "team/api/server", "1.0.0")
    return {
        "repositories": sorted(row.name for row in await bulk.get_repositories(client)),
        "repositories of a project": sorted(row.name for row in await bulk.get_repositories(client, ["shop"])),
        "all artifacts": names(everything),
        "artifacts of a project": names(await bulk.get_artifacts(client, projects=["shop"])),
        "artifacts of a repository": names(await bulk.get_artifacts(client, repositories=["team/api/server"])),
        "artifacts with a tag": names(await bulk.get_artifacts(client, tag="latest")),
        "artifacts by a query": names(await bulk.get_artifacts(client, query="type=IMAGE")),
        "one artifact": [single.name_with_digest_full, len(single.report.vulnerabilities)],
        "owner": (await bulk.get_artifact_owner(client, single)).username,
    }


async def with_report(client, info):
    """What get_artifact_vulnerabilities is meant to do."""
    project, repository = info.repository.name.split("/", 1)
    try:
        reports = await client.get_artifact_vulnerability_reports(project, repository, info.artifact.digest, KIND)
    except Exception:  # no report is an empty one, as in get_artifact
        reports = None
    if not reports:
        return info
    return ArtifactInfo(artifact=info.artifact, repository=info.repository, report=reports[KIND])


def of_artifact(info):
    """I1 to I7, and S9 to S18."""
    report = info.report
    return {
        "names": [info.name_with_digest, info.name_with_tag, info.project_name, info.repository_name],
        "tags": info.tags,
        "cvss": of_scores(info.cvss, report.cvss_scores),
        "cvss_max": info.cvss_max,
        "scores": report.cvss_scores,
        "fixable": ids(report.fixable),
        "unfixable": ids(report.unfixable),
        "severities": {severity.value: ids(report.vulnerabilities_by_severity(severity)) for severity in Severity},
        "distribution": counts(report.distribution),
        "sorted": severities_of(report),
    }


def of_report(report):
    """R1 to R9."""
    return {
        "len": len(report),
        "is_aggregate": report.is_aggregate,
        "cvss": of_scores(report.cvss, [score for info in report.artifacts for score in info.report.cvss_scores]),
        "distribution": counts(report.distribution),
        "fixable": pairs(report.fixable),
        "unfixable": pairs(report.unfixable),
        "critical": pairs(report.critical),
        "high": pairs(report.high),
        "medium": pairs(report.medium),
        "low": pairs(report.low),
    }


def chosen(report):
    """R10 to R15, with patterns that end where the name ends, as harborapi matches from the start only."""
    cves = sorted({v.vulnerability.id for v in everything_of(report)})
    packages = sorted({v.vulnerability.package for v in everything_of(report)})
    repositories = sorted({info.repository.name for info in report.artifacts})
    tags = sorted({tag for info in report.artifacts for tag in info.tags})
    return {
        "with_cve": {cve: names(report.with_cve(exactly(cve)).artifacts) for cve in cves},
        "has_cve": [report.has_cve("CVE-2021-44228"), report.has_cve("CVE-1999-0001")],
        "with_package": {package: names(report.with_package(exactly(package)).artifacts) for package in packages},
        "with_repository": {name: names(report.with_repository(exactly(name)).artifacts) for name in repositories},
        "with_tag": {tag: names(report.with_tag(exactly(tag)).artifacts) for tag in tags},
        "with_overall_severity": {severity.value: names(report.with_severity(severity).artifacts)
                                  for severity in Severity if severity != Severity.unknown},
        "with_description": names(report.with_description("(?s).*overflow").artifacts),
        "chained": names(report.with_repository("shop/.*").with_tag(".*").with_cve("CVE-2021-44228$").artifacts),
    }


def everything_of(report):
    return (v for severity in Severity for v in report.vulnerabilities_by_severity(severity))


def exactly(text):
    """A pattern that finds this text only."""
    import re
    return re.escape(text) + "$"


def names(infos):
    return sorted(info.name_with_digest_full for info in infos)


def ids(findings):
    return [f"{finding.id} {finding.package} {finding.version}" for finding in findings]


def pairs(found):
    return sorted(f"{v.artifact.name_with_digest_full} {v.vulnerability.id} {v.vulnerability.package}" for v in found)


def counts(distribution):
    return {severity.value: number for severity, number in distribution.items() if number}


def severities_of(report):
    copy = report.model_copy(deep=True)
    copy.sort()
    return ids(copy.vulnerabilities)


def of_scores(cvss, scores):
    """Without scores harborapi says 0.0 for everything; nothing can be said of them."""
    if not scores:
        return None
    return {"mean": cvss.mean, "median": cvss.median, "stdev": cvss.stdev, "min": cvss.min, "max": cvss.max}


main()
