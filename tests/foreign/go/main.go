// Compares what the official Go client reads from a simulator with the simulator's plain JSON.
//
// The argument is the line that harbor-sim prints when it is ready.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/goharbor/go-client/pkg/harbor"
	"github.com/goharbor/go-client/pkg/sdk/v2.0/client"
)

type ready struct {
	URL           string
	Administrator struct{ Name, Password string }
	Robots        []struct{ Name, Secret string }
}

// checks has both ways to the server, and counts what agrees.
type checks struct {
	server         ready
	api            *client.HarborAPI
	agreed, failed int
}

func main() {
	var server ready
	must(json.Unmarshal([]byte(os.Args[1]), &server))
	all := checks{server: server, api: login(server, server.Administrator.Name, server.Administrator.Password)}
	all.system()
	all.projects()
	all.repositories()
	all.report()
	all.robot()
	fmt.Printf("go-client: %d answers agree, %d differ\n", all.agreed, all.failed)
	if all.failed > 0 {
		os.Exit(1)
	}
}

func login(server ready, name, secret string) *client.HarborAPI {
	set, err := harbor.NewClientSet(&harbor.ClientSetConfig{URL: server.URL, Username: name, Password: secret})
	must(err)
	return set.V2()
}

// must ends the program: without this, nothing can be compared.
func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
