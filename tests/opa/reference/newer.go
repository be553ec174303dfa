//go:build !before_v1

package main

import (
	"sort"

	"github.com/open-policy-agent/opa/ast"
	"github.com/open-policy-agent/opa/rego"
)

// parsedModules are read as `opa eval` reads files: with their METADATA.
func (c *Case) parsedModules() ([]func(*rego.Rego), error) {
	version := ast.RegoV0
	if c.RegoVersion == 1 {
		version = ast.RegoV1
	}
	var paths []string
	for path := range c.Modules {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	var options []func(*rego.Rego)
	var problems rego.Errors
	for _, path := range paths {
		parsed, err := ast.ParseModuleWithOpts(path, c.Modules[path], ast.ParserOptions{
			ProcessAnnotation: true,
			RegoVersion:       version,
		})
		if err != nil {
			problems = append(problems, err)
			continue
		}
		options = append(options, rego.ParsedModule(parsed))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return options, nil
}

// newerOptions are those that OPA had not from the beginning.
func (c *Case) newerOptions() []func(*rego.Rego) {
	version := ast.RegoV0
	if c.RegoVersion == 1 {
		version = ast.RegoV1
	}
	return []func(*rego.Rego){rego.SetRegoVersion(version), rego.Strict(c.Strict)}
}
