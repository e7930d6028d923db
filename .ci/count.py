"""Adds up what the test runners of all languages reported and ends with `N passed, N failed`."""

import glob
import re
import sys
import xml.etree.ElementTree as ElementTree


def java():
    passed = failed = 0
    names = []
    for report in glob.glob("**/target/surefire-reports/TEST-*.xml", recursive=True):
        suite = ElementTree.parse(report).getroot()
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        if skipped:
            names.append(f"{suite.get('name')}: {skipped} skipped, which is not allowed")
            bad += skipped
        passed += int(suite.get("tests", 0)) - bad
        failed += bad
        for case in suite.iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                names.append(f"{case.get('classname')}.{case.get('name')}")
    if passed == 0:
        return 0, max(failed, 1), names or ["no Java test passed"]
    return passed, failed, names


def python():
    text = open("target/verify-python.log", encoding="utf-8").read()
    ran = re.search(r"^Ran (\d+) tests?", text, re.M)
    if not ran or ran.group(1) == "0":
        return 0, 1, ["runtimes/python: no test ran"]
    bad = sum(int(count) for count in re.findall(r"(?:failures|errors|skipped)=(\d+)", text))
    return int(ran.group(1)) - bad, bad, ["runtimes/python"] if bad else []


def nodejs():
    text = open("target/verify-nodejs.log", encoding="utf-8").read()
    found = re.findall(r"^[#ℹ] (pass|fail|skipped|cancelled) (\d+)", text, re.M)
    counts = {name: int(count) for name, count in found}
    if not counts.get("pass"):
        return 0, 1, ["runtimes/nodejs: no test passed"]
    bad = counts.get("fail", 0) + counts.get("skipped", 0) + counts.get("cancelled", 0)
    return counts["pass"], bad, ["runtimes/nodejs"] if bad else []


def main():
    failed_step = sys.argv[1] != "0"
    results = [java(), python(), nodejs()]
    passed = sum(result[0] for result in results)
    failed = sum(result[1] for result in results)
    for result in results:
        for name in result[2]:
            print("failed:", name)
    if failed_step and failed == 0:
        print("failed: the Java build (see target/verify.log)")
        failed = 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
