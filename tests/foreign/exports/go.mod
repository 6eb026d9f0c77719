module exportscheck

go 1.26.0

require (
	github.com/openvex/go-vex v0.2.9 // indirect
	github.com/prometheus/common v0.73.1 // indirect
)
