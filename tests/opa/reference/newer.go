//go:build !before_v1

package main

import (
	"github.com/open-policy-agent/opa/ast"
	"github.com/open-policy-agent/opa/rego"
)

// newerOptions are those that OPA had not from the beginning.
func (c *Case) newerOptions() []func(*rego.Rego) {
	version := ast.RegoV0
	if c.RegoVersion == 1 {
		version = ast.RegoV1
	}
	return []func(*rego.Rego){rego.SetRegoVersion(version), rego.Strict(c.Strict)}
}
