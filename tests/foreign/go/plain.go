package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// object is a JSON object as it came.
type object = map[string]any

// plain asks for a path without the client, and decodes the JSON.
func (all *checks) plain(path string, into any) {
	request, err := http.NewRequest(http.MethodGet, all.server.URL+"/api/v2.0"+path, nil)
	must(err)
	request.SetBasicAuth(all.server.Administrator.Name, all.server.Administrator.Password)
	// One project has a number for a name.
	request.Header.Set("X-Is-Resource-Name", "true")
	answer, err := http.DefaultClient.Do(request)
	must(err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		must(fmt.Errorf("%s is %s", path, answer.Status))
	}
	must(json.NewDecoder(answer.Body).Decode(into))
}

func (all *checks) plainList(path string) (rows []object) {
	all.plain(path, &rows)
	return rows
}

// same compares members of what the client found with those of the plain JSON.
func (all *checks) same(what string, found, expected any, members ...string) {
	text, err := json.Marshal(found)
	must(err)
	var decoded any
	must(json.Unmarshal(text, &decoded))
	all.equal(what, pick(decoded, members), pick(expected, members))
}

func (all *checks) equal(what string, found, expected any) {
	if reflect.DeepEqual(found, expected) {
		all.agreed++
		return
	}
	all.failed++
	fmt.Printf("%s: %v, but plain HTTP says %v\n", what, found, expected)
}

// pick keeps some members of an object, or of each object of a list.
func pick(value any, members []string) any {
	switch value := value.(type) {
	case []object:
		rows := make([]any, 0, len(value))
		for _, row := range value {
			rows = append(rows, pick(row, members))
		}
		return rows
	case []any:
		rows := make([]any, 0, len(value))
		for _, row := range value {
			rows = append(rows, pick(row, members))
		}
		return rows
	case object:
		kept := object{}
		for _, member := range members {
			kept[member] = value[member]
		}
		return kept
	}
	return value
}

// encoded is a name as a segment of a path: once for the client, which encodes it again, twice for plain HTTP.
func encoded(name string, times int) string {
	for range times {
		name = strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return name
}
