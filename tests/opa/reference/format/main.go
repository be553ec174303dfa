// Real OPA's formatter, asked by a line of JSON for each module, and answering by one.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/open-policy-agent/opa/ast"
	"github.com/open-policy-agent/opa/format"
)

// question is a module, and which Rego it is written in.
type question struct {
	ID   any    `json:"id"`
	Text string `json:"text"`
	// Rego is "v0", "v1", or "v0v1" for what `opa fmt --rego-v1` does to v0.
	Rego string `json:"rego"`
}

// answer holds the module as `opa fmt` writes it, or why OPA refuses it.
type answer struct {
	ID        any     `json:"id"`
	Formatted *string `json:"formatted,omitempty"`
	Refused   string  `json:"refused,omitempty"`
	Fails     string  `json:"fails,omitempty"`
}

func main() {
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerAll(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err := encoder.Encode(answerLine(line)); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func answerLine(line []byte) (said answer) {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Fails: err.Error()}
	}
	said.ID = asked.ID
	// Some modules make the formatter panic.
	defer func() {
		if cause := recover(); cause != nil {
			said = answer{ID: asked.ID, Fails: fmt.Sprint(cause)}
		}
	}()
	options := options(asked.Rego)
	formatted, err := format.SourceWithOpts("policy.rego", []byte(asked.Text), options)
	if err != nil {
		return answer{ID: asked.ID, Refused: err.Error()}
	}
	text := string(formatted)
	return answer{ID: asked.ID, Formatted: &text}
}

func options(rego string) format.Opts {
	read, written := ast.RegoV0, ast.RegoV0
	switch rego {
	case "v0v1":
		written = ast.RegoV0CompatV1
	case "v1":
		read, written = ast.RegoV1, ast.RegoV1
	}
	return format.Opts{RegoVersion: written, ParserOptions: &ast.ParserOptions{RegoVersion: read}}
}
