// Reads what harbor-ext exports with the libraries that define OpenVEX and Prometheus' text format.
//
// The arguments are folders with the exports of a registry.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/openvex/go-vex/pkg/vex"
	"github.com/prometheus/common/expfmt"
)

// export is the part of export.json that the checks need.
type export struct {
	Findings []struct {
		Digest   string
		Cve      string
		Severity string
	}
}

func main() {
	for _, folder := range os.Args[1:] {
		var whole export
		text, err := os.ReadFile(filepath.Join(folder, "export.json"))
		must(err)
		must(json.Unmarshal(text, &whole))
		openvex(folder, whole)
		prometheus(folder, whole)
	}
}

// openvex checks that every statement is valid, and that every finding is in one.
func openvex(folder string, whole export) {
	document, err := vex.Open(filepath.Join(folder, "openvex.json"))
	must(err)
	stated := map[string]bool{}
	for place, statement := range document.Statements {
		if err := statement.Validate(); err != nil {
			fail("%s: statement %d: %v", folder, place, err)
		}
		for _, product := range statement.Products {
			stated[string(statement.Vulnerability.Name)+" sha256:"+string(product.Hashes[vex.SHA256])] = true
			if _, ok := product.Identifiers[vex.PURL]; !ok {
				fail("%s: statement %d: a product without a package URL", folder, place)
			}
		}
	}
	for _, finding := range whole.Findings {
		if finding.Cve != "" && !stated[finding.Cve+" "+finding.Digest] && isPlain(finding.Cve) {
			fail("%s: no statement says anything of %s in %s", folder, finding.Cve, finding.Digest)
		}
	}
	fmt.Printf("%s: %d statements of OpenVEX\n", folder, len(document.Statements))
}

// prometheus checks that the metrics can be read, and that the findings add up.
func prometheus(folder string, whole export) {
	file, err := os.Open(filepath.Join(folder, "metrics.prom"))
	must(err)
	defer file.Close()
	parser := expfmt.TextParser{}
	families, err := parser.TextToMetricFamilies(file)
	must(err)
	sum := 0.0
	for _, metric := range families["harbor_findings"].GetMetric() {
		sum += metric.GetGauge().GetValue()
	}
	if int(sum) != len(whole.Findings) {
		fail("%s: the metrics count %v findings instead of %d", folder, sum, len(whole.Findings))
	}
	fmt.Printf("%s: %d families of metrics\n", folder, len(families))
}

// isPlain tells whether a text has nothing but what identifiers usually have.
func isPlain(text string) bool {
	for _, character := range text {
		if character <= ' ' || character > '~' {
			return false
		}
	}
	return true
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}
