package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/artifact"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/health"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/ping"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/project"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/repository"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/systeminfo"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client/user"
)

var (
	ctx      = context.Background()
	hundred  = int64(100)
	yes      = true
	everyone = []string{"name", "creation_time", "update_time", "project_id"}
	images   = []string{"id", "digest", "type", "size", "push_time", "repository_id"}
)

func (all *checks) system() {
	var expected object
	all.plain("/systeminfo", &expected)
	info, err := all.api.Systeminfo.GetSystemInfo(ctx, systeminfo.NewGetSystemInfoParams())
	must(err)
	all.same("system info", info.GetPayload(), expected, "harbor_version", "auth_mode", "registry_url")
	all.plain("/health", &expected)
	state, err := all.api.Health.GetHealth(ctx, health.NewGetHealthParams())
	must(err)
	all.same("health", state.GetPayload(), expected, "status", "components")
	all.plain("/users/current", &expected)
	me, err := all.api.User.GetCurrentUserInfo(ctx, user.NewGetCurrentUserInfoParams())
	must(err)
	all.same("current user", me.GetPayload(), expected, "username", "user_id", "sysadmin_flag", "creation_time")
	pong, err := all.api.Ping.GetPing(ctx, ping.NewGetPingParams())
	must(err)
	all.equal("ping", pong.GetPayload(), "Pong")
}

func (all *checks) projects() {
	expected := all.plainList("/projects?page_size=100")
	var found []any
	for page := int64(1); ; page++ {
		size := int64(2)
		list, err := all.api.Project.ListProjects(ctx, project.NewListProjectsParams().WithPage(&page).WithPageSize(&size))
		must(err)
		all.equal("total of projects", list.XTotalCount, int64(len(expected)))
		for _, row := range list.Payload {
			found = append(found, row)
		}
		if len(list.Payload) == 0 || !strings.Contains(list.Link, `rel="next"`) {
			break
		}
	}
	all.same("projects", found, expected, everyone...)
	for _, row := range expected {
		name := row["name"].(string)
		one, err := all.api.Project.GetProject(ctx, project.NewGetProjectParams().WithProjectNameOrID(name).WithXIsResourceName(&yes))
		must(err)
		all.same("project "+name, one.GetPayload(), row, append(everyone, "metadata", "repo_count")...)
		list, err := all.api.Project.ListArtifactsOfProject(ctx, project.NewListArtifactsOfProjectParams().
			WithProjectNameOrID(name).WithXIsResourceName(&yes).WithPageSize(&hundred))
		rows := all.plainList("/projects/" + name + "/artifacts?page_size=100")
		must(err)
		all.same("artifacts of "+name, list.GetPayload(), rows, append(images, "repository_name")...)
	}
	_, err := all.api.Project.HeadProject(ctx, project.NewHeadProjectParams().WithProjectName("library"))
	all.equal("the project library", err, nil)
	var missing *project.HeadProjectNotFound
	_, err = all.api.Project.HeadProject(ctx, project.NewHeadProjectParams().WithProjectName("nope"))
	all.equal("the project nope", errors.As(err, &missing), true)
}

func (all *checks) repositories() {
	expected := all.plainList("/repositories?page_size=100")
	list, err := all.api.Repository.ListAllRepositories(ctx, repository.NewListAllRepositoriesParams().WithPageSize(&hundred))
	must(err)
	all.same("repositories", list.GetPayload(), expected, append(everyone, "artifact_count")...)
	for _, row := range expected {
		place, name, _ := strings.Cut(row["name"].(string), "/")
		path := fmt.Sprintf("/projects/%s/repositories/%s", place, encoded(name, 2))
		one, err := all.api.Repository.GetRepository(ctx, repository.NewGetRepositoryParams().
			WithProjectName(place).WithRepositoryName(encoded(name, 1)))
		must(err)
		all.same(path, one.GetPayload(), row, append(everyone, "artifact_count")...)
		all.artifacts(place, name, path)
	}
}

func (all *checks) artifacts(place, name, path string) {
	rows := all.plainList(path + "/artifacts?with_scan_overview=true&page_size=100")
	list, err := all.api.Artifact.ListArtifacts(ctx, artifact.NewListArtifactsParams().
		WithProjectName(place).WithRepositoryName(encoded(name, 1)).WithWithScanOverview(&yes).WithPageSize(&hundred))
	must(err)
	all.same(path+"/artifacts", list.GetPayload(), rows, images...)
	for position, row := range rows {
		overview := list.Payload[position].ScanOverview
		for kind, scan := range overview {
			expected := row["scan_overview"].(object)[kind].(object)
			all.same("overview in "+path, scan, expected, "scan_status", "report_id", "severity")
			if summary, has := expected["summary"]; has {
				all.same("summary in "+path, scan.Summary, summary, "total", "fixable", "summary")
			}
		}
		expected, _ := row["scan_overview"].(object)
		all.equal("overviews in "+path, len(overview), len(expected))
		single, err := all.api.Artifact.GetArtifact(ctx, artifact.NewGetArtifactParams().
			WithProjectName(place).WithRepositoryName(encoded(name, 1)).WithReference(row["digest"].(string)))
		must(err)
		all.same(path+" by digest", single.GetPayload(), row, images...)
		tags, err := all.api.Artifact.ListTags(ctx, artifact.NewListTagsParams().
			WithProjectName(place).WithRepositoryName(encoded(name, 1)).WithReference(row["digest"].(string)))
		must(err)
		plain := all.plainList(fmt.Sprintf("%s/artifacts/%s/tags", path, row["digest"]))
		all.same("tags in "+path, tags.GetPayload(), plain, "id", "name", "push_time", "artifact_id")
	}
}

// report checks that the client cannot read a report, whatever the server: it wants a text in its place.
func (all *checks) report() {
	var wrong *json.UnmarshalTypeError
	_, err := all.api.Artifact.GetVulnerabilitiesAddition(ctx, artifact.NewGetVulnerabilitiesAdditionParams().
		WithProjectName("shop").WithRepositoryName("search").WithReference("latest"))
	all.equal("a report", errors.As(err, &wrong) && wrong.Value == "object", true)
}

// robot checks that a refusal is the one that the client expects.
func (all *checks) robot() {
	robot := login(all.server, all.server.Robots[0].Name, all.server.Robots[0].Secret)
	parameters := artifact.NewListArtifactsParams().WithProjectName("shop").WithRepositoryName("search")
	list, err := robot.Artifact.ListArtifacts(ctx, parameters)
	must(err)
	all.same("artifacts for a robot", list.GetPayload(), all.plainList("/projects/shop/repositories/search/artifacts"), images...)
	var forbidden *artifact.GetArtifactForbidden
	_, err = robot.Artifact.GetArtifact(ctx, artifact.NewGetArtifactParams().
		WithProjectName("shop").WithRepositoryName("search").WithReference("latest"))
	all.equal("a single artifact for a robot", errors.As(err, &forbidden), true)
}
