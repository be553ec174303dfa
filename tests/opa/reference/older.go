//go:build before_v1

package main

import "github.com/open-policy-agent/opa/rego"

// newerOptions has nothing to choose: this OPA knows one version of Rego, and no strict mode here.
func (c *Case) newerOptions() []func(*rego.Rego) {
	return nil
}

// parsedModules are left to OPA to parse.
func (c *Case) parsedModules() ([]func(*rego.Rego), error) {
	var options []func(*rego.Rego)
	for path, text := range c.Modules {
		options = append(options, rego.Module(path, text))
	}
	return options, nil
}
