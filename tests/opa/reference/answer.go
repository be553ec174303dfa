package main

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/open-policy-agent/opa/ast"
	"github.com/open-policy-agent/opa/rego"
	"github.com/open-policy-agent/opa/topdown"
)

// Answer holds a result set, as `opa eval --format json` shows it, or what was wrong.
type Answer struct {
	ID      any             `json:"id"`
	Result  *rego.ResultSet `json:"result,omitempty"` // empty where the query is undefined
	Printed []string        `json:"printed,omitempty"`
	Errors  []Problem       `json:"errors,omitempty"`
}

// Problem is one error; it has no file and no place where OPA names none.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Row     int    `json:"row,omitempty"`
	Col     int    `json:"col,omitempty"`
}

func succeeded(id any, result rego.ResultSet, printed []string) *Answer {
	if result == nil {
		result = rego.ResultSet{}
	}
	return &Answer{ID: id, Result: &result, Printed: printed}
}

func failed(id any, err error) *Answer {
	return &Answer{ID: id, Errors: problems(err)}
}

// line is the answer as `opa eval` writes it. Not every number that OPA computes is JSON: there it
// fails, and so does this.
func (a *Answer) line() []byte {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a); err != nil {
		return failed(a.ID, err).line()
	}
	return line.Bytes()
}

func problems(err error) []Problem {
	var several rego.Errors
	if errors.As(err, &several) {
		var all []Problem
		for _, one := range several {
			all = append(all, problems(one)...)
		}
		return all
	}
	var static ast.Errors
	if errors.As(err, &static) {
		var all []Problem
		for _, one := range static {
			all = append(all, problem(one.Code, one.Message, one.Location))
		}
		return all
	}
	var single *ast.Error
	if errors.As(err, &single) {
		return []Problem{problem(single.Code, single.Message, single.Location)}
	}
	var dynamic *topdown.Error
	if errors.As(err, &dynamic) {
		return []Problem{problem(dynamic.Code, dynamic.Message, dynamic.Location)}
	}
	return []Problem{{Message: err.Error()}}
}

func problem(code, message string, at *ast.Location) Problem {
	found := Problem{Code: code, Message: message}
	if at != nil {
		found.File, found.Row, found.Col = at.File, at.Row, at.Col
	}
	return found
}
