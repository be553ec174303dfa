// What a program in Go gets from OPA's server, or from one that answers as it does: asked by the client that is part of
// OPA (`plugins/rest`) and read as OPA's types of the answers, strictly. One line of JSON for each question.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/open-policy-agent/opa/v1/keys"
	"github.com/open-policy-agent/opa/v1/plugins/rest"
	"github.com/open-policy-agent/opa/v1/server/types"
)

type question struct {
	method string
	path   string
	body   any
	answer any
}

// refusal is an error's answer; `types.ErrorV1` can be written, and not read.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: client URL TOKEN")
		os.Exit(2)
	}
	if err := ask(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func ask(url, token string) error {
	config, err := json.Marshal(map[string]any{
		"name":        "opa",
		"url":         url,
		"credentials": map[string]any{"bearer": map[string]any{"token": token}},
	})
	if err != nil {
		return err
	}
	client, err := rest.New(config, map[string]*keys.Config{})
	if err != nil {
		return err
	}
	input := func(value any) map[string]any { return map[string]any{"input": value} }
	user := func(name string) map[string]any { return input(map[string]any{"user": name}) }
	for _, each := range []question{
		{"POST", "v1/data/app/authz/allow", user("alice"), &types.DataResponseV1{}},
		{"POST", "v1/data/app/authz/allow", user("bob"), &types.DataResponseV1{}},
		{"POST", "v1/data/app/authz/deny", input(map[string]any{"n": 2000}), &types.DataResponseV1{}},
		{"POST", "v1/data/app/authz/undefined_one", input(map[string]any{}), &types.DataResponseV1{}},
		{"POST", "v1/data/app/authz/conflict", input(map[string]any{"a": true, "b": true}), &refusal{}},
		{"GET", "v1/data/config/0", nil, &types.DataResponseV1{}},
		{"GET", "v1/query?q=x%20%3D%20data.app.authz.big", nil, &types.QueryResponseV1{}},
		{"POST", "v1/query", map[string]any{"query": "x := input.y", "input": map[string]any{"y": []int{1}}}, &types.QueryResponseV1{}},
		{"POST", "v1/query", map[string]any{"query": "x :="}, &refusal{}},
		{"GET", "v1/policies/nowhere.rego", nil, &refusal{}},
		{"GET", "health", nil, &types.HealthResponseV1{}},
	} {
		if err := answered(client, each); err != nil {
			return fmt.Errorf("%s %s: %w", each.method, each.path, err)
		}
	}
	return nil
}

func answered(client rest.Client, asked question) error {
	if asked.body != nil {
		client = client.WithJSON(asked.body)
	}
	response, err := client.Do(context.Background(), asked.method, asked.path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, asked.answer); err != nil {
		return fmt.Errorf("%w: %s", err, body)
	}
	if data, ok := asked.answer.(*types.DataResponseV1); ok {
		// No two decisions are called the same.
		data.DecisionID = ""
	}
	shown, err := json.Marshal(map[string]any{"path": asked.path, "status": response.StatusCode, "answer": asked.answer})
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(shown))
	return err
}
