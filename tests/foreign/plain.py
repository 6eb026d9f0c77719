"""The simulator's plain JSON, read without harborapi, and what is compared with it."""

import base64
import json
import sys
import urllib.parse
import urllib.request

READY = json.loads(sys.argv[1])
API = READY["url"] + "/api/v2.0"
ADMIN = (READY["administrator"]["name"], READY["administrator"]["password"])


class Checks:
    """Counts what agrees, and tells what does not."""

    def __init__(self, other="plain HTTP"):
        self.agreed, self.failed, self.other = 0, 0, other

    def equal(self, what, found, expected):
        if found == expected:
            self.agreed += 1
        else:
            self.failed += 1
            print(f"{what}: {found!r}, but {self.other} says {expected!r}")


def plain(path, headers={}):
    """The JSON of a path, asked for as the administrator without harborapi."""
    token = base64.b64encode(":".join(ADMIN).encode()).decode()
    # One project has a number for a name.
    headers = {"Authorization": f"Basic {token}", "X-Is-Resource-Name": "true", **headers}
    request = urllib.request.Request(API + path, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def plain_list(path):
    """All rows of a list, page by page."""
    rows, page = [], 1
    while found := plain(f"{path}{'&' if '?' in path else '?'}page_size=100&page={page}"):
        rows, page = rows + found, page + 1
    return rows


def stats():
    """What the simulator has counted."""
    with urllib.request.urlopen(READY["url"] + "/__sim/stats") as answer:
        return json.load(answer)


def repository_path(repository):
    project, name = repository.split("/", 1)
    return f"/projects/{project}/repositories/{urllib.parse.quote(urllib.parse.quote(name, safe=''), safe='')}"


def tags(artifact):
    """The names of the tags of a row or of a model."""
    if isinstance(artifact, dict):
        return [tag["name"] for tag in artifact["tags"] or []]
    return [tag.name for tag in artifact.tags or []]
