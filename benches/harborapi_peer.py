"""Reads a whole Harbor with Python's harborapi, and prints what it cost as one line of JSON.

Arguments: the address, a user name, a secret, and the way: `ext` is the documented one, `hand` is for where that
returns nothing.
"""

import asyncio
import json
import sys
import time

from harborapi import HarborAsyncClient
from harborapi.ext import api as bulk

# As many as for the naive Rust client.
CONNECTIONS = 8


async def documented(client):
    """What the documentation of harborapi.ext says."""
    infos = await bulk.get_artifact_vulnerabilities(client, max_connections=CONNECTIONS)
    return [info.report for info in infos], len(infos), 0


async def by_hand(client):
    """Every list to its end, then every report."""
    reports, failures = [], 0
    places = asyncio.Semaphore(CONNECTIONS)

    async def artifacts_of(repository):
        async with places:
            project, name = repository.name.split("/", 1)
            found = await client.get_artifacts(project, name, page_size=100)
            return [(project, name, artifact.digest) for artifact in found]

    async def report_of(project, name, digest):
        async with places:
            return await client.get_artifact_vulnerabilities(project, name, digest)

    repositories = await client.get_repositories(page_size=100)
    lists = await asyncio.gather(*map(artifacts_of, repositories))
    artifacts = [artifact for found in lists for artifact in found]
    answers = await asyncio.gather(*(report_of(*artifact) for artifact in artifacts), return_exceptions=True)
    for answer in answers:
        if answer is None or isinstance(answer, BaseException):
            failures += 1
        else:
            reports.append(answer)
    return reports, len(artifacts), failures


def memory():
    """The most memory of this process in bytes, where the system tells it."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return None


def main():
    url, name, secret, way = sys.argv[1:]
    client = HarborAsyncClient(url=f"{url}/api/v2.0", username=name, secret=secret)
    start, processor_start = time.monotonic(), time.process_time()
    reports, artifacts, failures = asyncio.run({"ext": documented, "hand": by_hand}[way](client))
    seconds, processor_seconds = time.monotonic() - start, time.process_time() - processor_start
    print(json.dumps({
        "seconds": seconds,
        "processor_seconds": processor_seconds,
        "artifacts": artifacts,
        "reported": len(reports),
        "findings": sum(len(report.vulnerabilities) for report in reports),
        "failures": failures,
        "peak_in_flight": CONNECTIONS,
        "memory": {"peak": memory()},
    }))


main()
