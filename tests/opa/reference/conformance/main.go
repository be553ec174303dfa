// OPA's own conformance cases, which are YAML in a folder of its Go module, as lines of JSON: each a
// question for the reference (`../case.go`), with the answer that is wanted.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/open-policy-agent/opa/util"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: conformance FOLDER v0|v1")
		os.Exit(2)
	}
	if err := writeAll(os.DirFS(os.Args[1]), os.Args[2], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// file is what OPA's own test/cases reads.
type file struct {
	Cases []struct {
		Note                 string   `json:"note"`
		Query                string   `json:"query"`
		Modules              []string `json:"modules"`
		Data                 any      `json:"data"`
		Input                *any     `json:"input"`
		InputTerm            string   `json:"input_term"`
		WantResult           any      `json:"want_result"`
		WantErrorCode        string   `json:"want_error_code"`
		WantError            string   `json:"want_error"`
		SortBindings         bool     `json:"sort_bindings"`
		IgnoreGeneratedVars  bool     `json:"ignore_generated_vars"`
		StrictError          bool     `json:"strict_error"`
		ExperimentalKeywords bool     `json:"experimental_keywords"`
	} `json:"cases"`
}

type question struct {
	ID                   string            `json:"id"`
	Modules              map[string]string `json:"modules"`
	Data                 any               `json:"data,omitempty"`
	Input                *any              `json:"input,omitempty"`
	InputTerm            string            `json:"inputTerm,omitempty"`
	Query                string            `json:"query"`
	RegoVersion          int               `json:"regoVersion"`
	StrictBuiltinErrors  bool              `json:"strictBuiltinErrors,omitempty"`
	ExperimentalKeywords bool              `json:"experimentalKeywords,omitempty"`
	Want                 wanted            `json:"want"`
}

type wanted struct {
	Result              any    `json:"result,omitempty"`
	ErrorCode           string `json:"errorCode,omitempty"`
	Error               string `json:"error,omitempty"`               // a part of the message
	SortBindings        bool   `json:"sortBindings,omitempty"`        // arrays in the bindings are sets
	IgnoreGeneratedVars bool   `json:"ignoreGeneratedVars,omitempty"` // in the bindings
}

func writeAll(folder fs.FS, version string, out io.Writer) error {
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	return fs.WalkDir(folder, version, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		var parsed file
		if err := util.Unmarshal(text, &parsed); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for i, one := range parsed.Cases {
			regoVersion := 0
			if version == "v1" {
				regoVersion = 1
			}
			modules := map[string]string{}
			for i, module := range one.Modules {
				modules[fmt.Sprintf("test-%d.rego", i)] = module
			}
			err := lines.Encode(question{
				ID:                   fmt.Sprintf("%s#%d %s", filepath.ToSlash(path), i, one.Note),
				Modules:              modules,
				Data:                 one.Data,
				Input:                one.Input,
				InputTerm:            one.InputTerm,
				Query:                one.Query,
				RegoVersion:          regoVersion,
				StrictBuiltinErrors:  one.StrictError,
				ExperimentalKeywords: one.ExperimentalKeywords,
				Want: wanted{
					Result:              one.WantResult,
					ErrorCode:           one.WantErrorCode,
					Error:               one.WantError,
					SortBindings:        one.SortBindings,
					IgnoreGeneratedVars: one.IgnoreGeneratedVars,
				},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
