// Real OPA, asked by a line of JSON for each case, and answering by one: a process for each case
// would take most of the time. See case.go for the questions and answer.go for the answers.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// answerAll answers in the order of the questions, each at once, so that one can wait for it.
func answerAll(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if _, err := out.Write(answerLine(line).line()); err != nil {
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

func answerLine(line []byte) *Answer {
	question, err := ParseCase(line)
	if err != nil {
		return failed(nil, err)
	}
	return question.Evaluate()
}
