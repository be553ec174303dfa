package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/ast"
	"github.com/open-policy-agent/opa/rego"
	"github.com/open-policy-agent/opa/storage/inmem"
	"github.com/open-policy-agent/opa/topdown/print"
)

// patience is more than any case needs: what goes on for ever ends in `eval_cancel_error`.
const patience = 20 * time.Second

// Case is a query with all that it is about.
type Case struct {
	ID                  any               `json:"id"`
	Modules             map[string]string `json:"modules"`
	Data                map[string]any    `json:"data"`
	Input               json.RawMessage   `json:"input"`     // undefined where it is missing
	InputTerm           string            `json:"inputTerm"` // in Rego, where JSON can't say it
	Query               string            `json:"query"`
	RegoVersion         int               `json:"regoVersion"`
	Strict              bool              `json:"strict"`
	StrictBuiltinErrors bool              `json:"strictBuiltinErrors"`
	Now                 int64             `json:"now"` // in nanoseconds; the clock's where it is 0
}

// ParseCase keeps numbers as they are written.
func ParseCase(line []byte) (*Case, error) {
	var parsed Case
	if err := decode(line, &parsed); err != nil {
		return nil, fmt.Errorf("not a case: %w", err)
	}
	return &parsed, nil
}

// Evaluate does what `opa eval` does.
func (c *Case) Evaluate() (answer *Answer) {
	// What makes OPA panic is an answer too.
	defer func() {
		if cause := recover(); cause != nil {
			answer = failed(c.ID, fmt.Errorf("panic: %v", cause))
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	printed := &printedLines{}
	options, err := c.options(printed)
	if err != nil {
		return failed(c.ID, err)
	}
	result, err := rego.New(options...).Eval(ctx)
	if err != nil {
		return failed(c.ID, err)
	}
	return succeeded(c.ID, result, printed.lines)
}

func (c *Case) options(printed *printedLines) ([]func(*rego.Rego), error) {
	options := append(
		c.newerOptions(),
		rego.Query(c.Query),
		rego.StrictBuiltinErrors(c.StrictBuiltinErrors),
		rego.EnablePrintStatements(true),
		rego.PrintHook(printed),
	)
	modules, err := c.parsedModules()
	if err != nil {
		return nil, err
	}
	options = append(options, modules...)
	if c.Data != nil {
		options = append(options, rego.Store(inmem.NewFromObject(c.Data)))
	}
	if c.Now != 0 {
		options = append(options, rego.Time(time.Unix(0, c.Now)))
	}
	input, err := c.input()
	if input != nil {
		options = append(options, rego.ParsedInput(input))
	}
	return options, err
}

func (c *Case) input() (ast.Value, error) {
	if c.InputTerm != "" {
		term, err := ast.ParseTerm(c.InputTerm)
		if err != nil {
			return nil, err
		}
		return term.Value, nil
	}
	if len(c.Input) == 0 {
		return nil, nil
	}
	var input any
	if err := decode(c.Input, &input); err != nil {
		return nil, err
	}
	return ast.InterfaceToValue(input)
}

type printedLines struct {
	lines []string
}

func (p *printedLines) Print(_ print.Context, line string) error {
	p.lines = append(p.lines, line)
	return nil
}

func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}
