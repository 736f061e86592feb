#!/usr/bin/env bash
# PrairieLearn runs this for each submission. It grades /grade/student and writes /grade/results/results.json.
# What it prints stands in the grading job's log, which the course sees.
set -u
tests=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(dirname "$tests")
results=$root/results/results.json
mkdir -p "$root/results" "$root/student"
# Whatever happens from here on, there is a file, and it costs nobody a point or an attempt.
cp "$tests/not_graded.json" "$results"
cd "$tests" || exit 0
venv=@VENV@
if [ ! -x "$venv/bin/python" ] && [ -d "$tests/wheels" ]; then
  venv=$root/venv
  [ -x "$venv/bin/python" ] || bash "$tests/setup.sh" "$venv" || exit 0
fi
status=0
# Ended by us before PrairieLearn would end it.
timeout --signal=KILL @SECONDS@ "$venv/bin/python" -I -m grader grade "$root/student" \
  --rubric "assignment/"@RUBRIC@ --format prairielearn --output "$results" @OPTIONS@ 2>&1 || status=$?
if [ "$status" -gt 1 ]; then echo "nothing was graded: the grader ended with status $status"; fi
# The job itself has ended well: another status would hide what the student is told.
exit 0
