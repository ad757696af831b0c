#!/usr/bin/env python3
"""Measures the checker with mutants of the cycle model.

Puts small errors into Sources/Machine, each behind a comparison with the number in the variable
SETUN_MUTANT, compiles that module once with all of them, links it with what `swift build` made of
the others, and lets `setun verify` hold each mutant against the RTL. A mutant that verify does not
refuse survives; model_mutants_excused.txt says which do nothing different, and why.

    swift build --product setun
    python3 Tests/Mutation/model_mutants.py --count 50 --seed 1
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "debug"
NARROW = pathlib.Path(__file__).with_name("narrow.yaml")
WORK = ROOT / ".build" / "model-mutants"

# The bench, the memory, what only shows the state and the faster simulator are no part of the model.
NOT_THE_MODEL = re.compile(
    r"^(Testbench|ExternalMemory|MemoryChannels|ReadBeats|DRAM|Queue|JobImage|Timeline|Ports|Storage"
    r"|ProbeLayout|ProbeWriter|ClosedForm|Descriptor|Simulat|JobToggles|ArrayToggles|JobValues"
    r"|Job\+Lanes)")

SWAPS = {
    " + ": " - ", " - ": " + ", " == ": " != ", " != ": " == ", " < ": " <= ", " <= ": " < ",
    " > ": " >= ", " >= ": " > ", " && ": " || ", " || ": " && ", " & ": " | ", " | ": " & ",
}


def mutations(expression):
    """The expressions that can take the place of one."""
    for match in re.finditer("|".join(map(re.escape, SWAPS)), expression):
        yield expression[:match.start()] + SWAPS[match.group()] + expression[match.end():]
    for match in re.finditer(r"(?<![\w.\"])\d+(?![\w.\"])", expression):
        number = str(int(match.group()) + 1)
        yield expression[:match.start()] + number + expression[match.end():]
    for match in re.finditer(r"\b(true|false)\b", expression):
        other = "false" if match.group() == "true" else "true"
        yield expression[:match.start()] + other + expression[match.end():]


def is_whole(text):
    """Whether a line is a statement of its own."""
    return (all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))
            and not re.search(r"(&&|\|\||[-+*/=<>?:,]|\bin)$", text.rstrip()))


def candidates(path, lines):
    """Pairs of a line's index and a function that makes the line of a mutant with a number."""
    # Constants are set in initialisers, and each of them once.
    end_of_init = None
    for index, line in enumerate(lines):
        if re.match(r"\s*(?:\w+ )?init\(", line):
            end_of_init = re.match(r"\s*", line).group() + "}"
        if end_of_init:
            end_of_init = None if line == end_of_init else end_of_init
            continue
        following = lines[index + 1].strip() if index + 1 < len(lines) else ""
        if re.match(r"(&&|\|\||[-+*/?:.&|<>=]|\}.*else)", following) or '"' in line:
            continue
        indent = re.match(r"\s*", line).group()
        code = line.strip()
        assignment = re.match(r"((?:[a-z]\w*(?:\[[^\]]*\])?\.)*\w+(?:\[[^\]]*\])?) (=|\+=|-=) (.+)$",
                              code)
        condition = re.match(r"(if|\} else if|guard|while) (.+?) (\{|else \{.*)$", code)
        value = re.match(r"((?:private )?var \w+: \w+ \{) (.+) (\})$", code)
        if code.startswith(("let ", "var ", "case ", "public", "internal", "import", "//", "static",
                            "private let", "private(set)", "init", "func")):
            local = re.match(r"(let \w+(?:: \w+)? =) ([^{]+)$", code)
            if local and is_whole(code) and indent != "  ":
                for new in mutations(local[2]):
                    yield index, new, (lambda n, i=indent, m=local, e=new:
                                       f"{i}{m[1]} setunMutant == {n} ? ({e}) : ({m[2]})")
        elif condition and not re.search(r"\b(let|case|var)\b|, ", condition[2]):
            for new in [f"!({condition[2]})", *mutations(condition[2])]:
                yield index, new, (lambda n, i=indent, m=condition, e=new:
                                   f"{i}{m[1]} setunMutant == {n} ? ({e}) : ({m[2]}) {m[3]}")
        elif value:
            for new in mutations(value[2]):
                yield index, new, (lambda n, i=indent, m=value, e=new:
                                   f"{i}{m[1]} setunMutant == {n} ? ({e}) : ({m[2]}) {m[3]}")
        elif assignment and is_whole(code) and len(indent) >= 4 and ": " not in assignment[1]:
            left, operator, right = assignment.groups()
            for new in [None, *mutations(right)]:
                changed = f"{left} {operator} {new}" if new else ""
                yield index, new or "(left out)", (
                    lambda n, i=indent, c=code, e=changed:
                    f"{i}if setunMutant == {n} {{ {e} }} else {{ {c} }}")
        elif code.startswith("return ") and is_whole(code):
            for new in mutations(code[7:]):
                yield index, "return " + new, (
                    lambda n, i=indent, c=code, e=new:
                    f"{i}if setunMutant == {n} {{ return {e} }} else {{ {c} }}")


def draw(sources, count, seed):
    """Mutants on lines of their own: (number, file, line index, mutated, make)."""
    everything = [(name, *candidate) for name, lines in sorted(sources.items())
                  for candidate in candidates(name, lines)]
    random.Random(seed).shuffle(everything)
    chosen, used = [], set()
    for name, index, new, make in everything:
        if (name, index) not in used and len(chosen) < count:
            used.add((name, index))
            chosen.append((name, index, new, make))
    chosen.sort(key=lambda one: one[:2])
    return len(everything), [(n + 1, *one) for n, one in enumerate(chosen)]


def compile_machine(sources, mutants):
    """The module with the mutants; returns those lines that do not compile."""
    for stale in WORK.glob("*.swift"):
        stale.unlink()
    changed = {name: list(lines) for name, lines in sources.items()}
    for number, name, index, _, make in mutants:
        changed[name][index] = make(number)
    for name, lines in changed.items():
        (WORK / name).write_text("\n".join(lines))
    (WORK / "Mutant.swift").write_text(
        "import Foundation\n\nlet setunMutant = Int("
        'ProcessInfo.processInfo.environment["SETUN_MUTANT"] ?? "") ?? 0\n')
    features = [flag for name in ("ExistentialAny", "MemberImportVisibility",
                                  "InternalImportsByDefault")
                for flag in ("-enable-upcoming-feature", name)]
    maps = [flag for path in (ROOT / ".build" / "checkouts").glob("*/Sources/*/include/module.modulemap")
            for flag in ("-Xcc", f"-fmodule-map-file={path}")]
    # SwiftPM names a package after its folder.
    package = re.sub(r"\W", "_", ROOT.name.lower())
    command = ["swiftc", "-module-name", "Machine", "-package-name", package, "-swift-version", "6",
               "-parse-as-library", "-wmo", "-emit-object", "-Onone", "-enable-testing",
               "-suppress-warnings", *features, *maps, "-I", str(BUILD / "Modules"), "-I", str(BUILD),
               "-o", str(WORK / "Machine.o"), *map(str, sorted(WORK.glob("*.swift")))]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return set()
    broken = {(pathlib.Path(m[1]).name, int(m[2]) - 1)
              for m in re.finditer(r"^(\S+\.swift):(\d+):\d+: error:", result.stderr, re.M)}
    if not broken:
        sys.exit(f"model_mutants: the module does not compile:\n{result.stderr[:2000]}")
    return broken


def link():
    """The command with the mutated module in it."""
    # What the build linked the command from, but for the module that takes its place.
    listed = (BUILD / "setun.product" / "Objects.LinkFileList").read_text().split("\n")
    objects = [name.strip("'") for name in listed if name and "/Machine.build/" not in name]
    result = subprocess.run(
        ["swiftc", "-emit-executable", "-o", str(WORK / "setun"), str(WORK / "Machine.o"), *objects,
         # SwiftPM gives the entry point of a command this name.
         "-Xlinker", "--defsym=main=setun_main", "-lgmp"],
        capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"model_mutants: the command does not link:\n{result.stderr[-2000:]}")


def excusals():
    path = pathlib.Path(__file__).with_name("model_mutants_excused.txt")
    lines = path.read_text().split("\n") if path.exists() else []
    return {tuple(line.split(" | ")[:3]): line.split(" | ")[3]
            for line in lines if line.count(" | ") == 3 and not line.startswith("#")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=30, help="scenarios on each architecture")
    parser.add_argument("--output", help="writes every mutant and what became of it to this path")
    parser.add_argument("--random", type=int, default=6,
                        help="survivors of tiny and narrow go on to this many drawn architectures")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    sources = {path.name: path.read_text().split("\n")
               for path in (ROOT / "Sources" / "Machine").glob("*.swift")}
    model = {name: lines for name, lines in sources.items() if not NOT_THE_MODEL.match(name)}
    total, mutants = draw(model, options.count * 2, options.seed)
    while broken := compile_machine(sources, mutants):
        keep = [one for one in mutants if (one[1], one[2]) not in broken]
        if len(keep) == len(mutants):
            sys.exit(f"model_mutants: the model itself does not compile: {sorted(broken)}")
        mutants = keep
    mutants = random.Random(options.seed).sample(mutants, min(options.count, len(mutants)))
    mutants.sort(key=lambda one: one[0])
    link()

    def run(number):
        return verify(number, ["--architecture", "tiny"]) or verify(
            number, ["--architecture", str(NARROW)]) or (
            options.random and verify(number, ["--random", str(options.random)])) or None

    def verify(number, what):
        environment = {**os.environ, "SETUN_MUTANT": str(number)}
        command = [str(WORK / "setun"), "verify", *what, "--jobs", str(options.jobs), "--seed",
                   str(options.seed)]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True,
                                  cwd=WORK, timeout=600, check=False)
        except subprocess.TimeoutExpired:
            return "caught: ran for 10 minutes"
        if done.returncode == 0:
            return None
        if done.returncode < 0:
            return f"caught: ended by signal {-done.returncode}"
        failed = re.search(r"FAILED .*?: (.*)", done.stdout + done.stderr)
        return "caught: " + (failed[1][:90] if failed else done.stderr.strip()[:90])

    if run(0) is not None:
        sys.exit("model_mutants: the model without any mutant does not agree with the RTL")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(run, [one[0] for one in mutants]))

    reasons = excusals()
    table, missed, excused = [], 0, 0
    for (_, name, index, new, _), end in zip(mutants, ends):
        original = sources[name][index].strip()
        if end is None:
            reason = reasons.get((name, original, new))
            end = f"excused: {reason}" if reason else "NOT CAUGHT"
            excused += reason is not None
            missed += reason is None
        table.append(f"{name} | {original} | {new} | {end}")
    if options.output:
        pathlib.Path(options.output).write_text("\n".join(table) + "\n")
    caught = len(mutants) - missed - excused
    print(f"mutants   {len(mutants)} of {total}, seed {options.seed}")
    print(f"caught    {caught}")
    print(f"survived  {missed + excused}, of which {excused} are excused")
    print(f"score     {100 * caught / max(1, len(mutants) - excused):.1f}%")
    print("\n".join(line for line in table if "caught:" not in line))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
