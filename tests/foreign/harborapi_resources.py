"""Compares what harborapi reads beside artifacts with the simulator's plain JSON."""

from harborapi.ext import api as bulk

from plain import plain, plain_list, repository_path


async def check_lists_of_resources(client, checks):
    """Users, labels, robots, scanners, quotas and members."""
    for what, found, path, key in [
        ("users", client.get_users(page_size=2), "/users", "username"),
        ("labels", client.get_labels(scope="g", page_size=2), "/labels?scope=g", "name"),
        ("robots", client.get_robots(page_size=2), "/robots", "name"),
        ("scanners", client.get_scanners(page_size=2), "/scanners", "uuid"),
        ("quotas", client.get_quotas(page_size=2), "/quotas", "id"),
        ("members", client.get_project_members("shop", page_size=2), "/projects/shop/members", "entity_name"),
    ]:
        checks.equal(what, [getattr(row, key) for row in await found], [row[key] for row in plain_list(path)])


async def check_single_resources(client, checks):
    """What is an object each: statistics, the search, the allowlist, and a project's summary, metadata and scanner."""
    statistics, plain_statistics = await client.get_statistics(), plain("/statistics")
    checks.equal("statistics", {key: getattr(statistics, key) for key in plain_statistics}, plain_statistics)
    found, expected = await client.search("api"), plain("/search?q=api")
    checks.equal("search", [row.repository_name for row in found.repository],
                 [row["repository_name"] for row in expected["repository"]])
    allowlist = plain("/system/CVEAllowlist")
    checks.equal("allowlist", [item.cve_id for item in (await client.get_cve_allowlist()).items],
                 [item["cve_id"] for item in allowlist["items"]])
    checks.equal("summary", (await client.get_project_summary("shop")).repo_count,
                 plain("/projects/shop/summary")["repo_count"])
    checks.equal("metadata", (await client.get_project_metadata("shop")).public,
                 plain("/projects/shop/metadatas/")["public"])
    checks.equal("scanner", (await client.get_project_scanner("shop")).name, plain("/projects/shop/scanner")["name"])


async def check_parts_of_artifacts(client, checks):
    """Tags, accessories and the build history of every artifact, and who owns it."""
    for repository in plain_list("/repositories"):
        name, path = repository["name"].split("/", 1), repository_path(repository["name"])
        for row in plain_list(f"{path}/artifacts"):
            target, place = (*name, row["digest"]), f"{path}/artifacts/{row['digest']}"
            checks.equal(f"{place}/tags", [tag.name for tag in await client.get_artifact_tags(*target)],
                         [tag["name"] for tag in plain_list(f"{place}/tags")])
            accessories = await client.get_artifact_accessories(*target)
            checks.equal(f"{place}/accessories", [accessory.digest for accessory in accessories],
                         [accessory["digest"] for accessory in plain_list(f"{place}/accessories")])
            if "build_history" in (row.get("addition_links") or {}):
                history = await client.get_artifact_build_history(*target)
                checks.equal(f"{place} history", len(history), len(plain(f"{place}/additions/build_history") or []))
    artifact = await client.get_artifact("shop", "team/api/server", "1.0.0")
    owner = plain("/projects/shop")["owner_name"]
    checks.equal("ext owner", (await bulk.get_artifact_owner(client, artifact)).username, owner)


async def check_scan(client, checks):
    """A scan that harborapi starts takes the report away until it has ended."""
    artifact = ("shop", "team/api/server", "1.0.0")
    await client.scan_artifact(*artifact)
    path = "/projects/shop/repositories/team%252Fapi%252Fserver/artifacts/1.0.0"
    (scan,) = plain(f"{path}?with_scan_overview=true")["scan_overview"].values()
    checks.equal("a scan just started", scan["scan_status"] in ("Pending", "Running"), True)
    checks.equal("its report", plain(f"{path}/additions/vulnerabilities"), {})


CHECKS = [check_lists_of_resources, check_single_resources, check_parts_of_artifacts, check_scan]
