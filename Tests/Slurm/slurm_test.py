#!/usr/bin/env python3
"""Runs a sweep on a private Slurm of two nodes on this machine, with a task killed in the middle and a
node that goes down, and compares the merged store with that of the same sweep in one process.

Needs Debian's slurm-wlm, and root, because slurmd starts tasks for other users. Nothing outside the
scratch folder is touched; the daemons listen on ports of their own and are stopped at the end.
"""

import argparse
import contextlib
import getpass
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

SHARDS = 6
# Long enough to be hit in the middle, short enough to wait for.
SECONDS_OF_SHARD = 8

SPACE = """\
name: slurm-test
base: default
workloads:
  - model: built-in
    prompt_tokens: 16
    generated_tokens: 16
parameters:
  rows: {{from: 4, to: 64, step: 4}}
  lanes: {{from: 16, to: 256, step: 16}}
  weight_coding: [two_bit, five_in_eight]
  clock_mhz: {{from: 100, to: 1000, step: 1}}
  bus_bytes: [8, 16, 32]
  output_queue_depth: {{from: 2, to: 16, step: 1}}
constraints:
  - rows * lanes <= 8192
  - area_mm2 <= 0.15
objectives: [request_latency_s, request_energy_j, area_mm2]
search: {{method: random, points: {points}, seed: 7}}
"""

CONFIGURATION = """\
ClusterName=setun
SlurmctldHost={host}
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
CredType=cred/none
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,bf_interval=1
ReturnToService=1
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={port1} CPUs=1 RealMemory=1000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={port2} CPUs=1 RealMemory=1000
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
"""

begin = time.monotonic()


def say(text):
    print(f"{time.monotonic() - begin:6.1f} s  {text}", flush=True)


def require(condition, text):
    if not condition:
        raise SystemExit(f"FAILED: {text}")
    say(f"ok: {text}")


def wait(what, condition, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise SystemExit(f"FAILED: waited {seconds} s for {what}")


def run(*words, check=True):
    result = subprocess.run(words, text=True, capture_output=True)
    if check and result.returncode != 0:
        raise SystemExit(f"FAILED: {' '.join(words)}\n{result.stdout}{result.stderr}")
    return result


class Slurm:
    """The daemons, and what they say."""

    def __init__(self, folder):
        self.folder = folder
        self.daemons = {}
        ports = 20_000 + os.getpid() % 10_000 * 3
        host = run("hostname", "-s").stdout.strip()
        os.makedirs(f"{folder}/state")
        os.environ["SLURM_CONF"] = f"{folder}/slurm.conf"
        with open(os.environ["SLURM_CONF"], "w") as file:
            file.write(CONFIGURATION.format(
                host=host, user=getpass.getuser(), folder=folder, port=ports, port1=ports + 1,
                port2=ports + 2))

    def start(self):
        # In the foreground, so that their process ids are known.
        self.daemons["slurmctld"] = subprocess.Popen(
            ["slurmctld", "-D", "-c"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait("slurmctld", lambda: run("scontrol", "ping", check=False).returncode == 0)
        for node in ["n1", "n2"]:
            os.makedirs(f"{self.folder}/spool-{node}")
            self.daemons[node] = subprocess.Popen(
                ["slurmd", "-D", "-N", node], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
        wait("two idle nodes", lambda: run(
            "sinfo", "--noheader", "--Node", "--format=%t").stdout.split() == ["idle", "idle"])

    def tasks(self):
        """Job, task, state and node of what is in the queue."""
        lines = run(
            "squeue", "--noheader", "--array", "--format=%F|%K|%T|%N|%A").stdout.splitlines()
        return [line.split("|") for line in lines]

    def lose(self, node):
        """A node without power: nothing that it ran is left, and nobody answers."""
        self.daemons.pop(node).kill()

    def stop(self):
        run("scancel", "--me", check=False)
        for daemon in reversed(list(self.daemons.values())):
            daemon.terminate()
        for daemon in self.daemons.values():
            try:
                daemon.wait(timeout=20)
            except subprocess.TimeoutExpired:
                daemon.kill()


class Sweep:
    def __init__(self, setun, folder):
        self.setun = setun
        self.folder = folder
        self.space = f"{folder}/space.yaml"
        self.store = f"{folder}/sharded.sqlite"

    def write_space(self, points):
        with open(self.space, "w") as file:
            file.write(SPACE.format(points=points))

    def explore(self, *words, check=True):
        return run(self.setun, "explore", *words, check=check)

    def seconds(self, points):
        """How long a sweep of so many points takes on one thread."""
        self.write_space(points)
        start = time.monotonic()
        self.explore(self.space, "--store", f"{self.folder}/rate-{points}.sqlite", "--threads", "1",
                     "--sample", "0")
        return time.monotonic() - start

    def points_per_second(self):
        first, points = self.seconds(100), 400
        while (seconds := self.seconds(points) - first) < 1:
            points *= 4
        return (points - 100) / seconds

    def submit(self):
        return self.explore("submit", self.space, "--store", self.store, "--slurm", "--shards",
                            str(SHARDS)).stdout

    def states(self):
        """What there is of each shard, as submit lists it."""
        lines = self.explore("submit", self.space, "--store", self.store, "--slurm", "--shards",
                             str(SHARDS), "--dry-run").stdout.splitlines()
        return [line.split(": ", 1)[1] for line in lines if line.startswith("  ")]

    def processes(self, shard):
        """The processes that run a shard of this sweep."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if self.store in words and f"{shard}/{SHARDS}" in words:
                found.append(int(pid))
        return found

    def csv(self, store):
        return self.explore("query", store, "--csv").stdout

    def blocks(self, shard):
        """How many blocks of a shard are written: quicker than to ask the command."""
        path = f"{self.folder}/sharded.shards/{shard}-of-{SHARDS}.sqlite"
        try:
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
                return store.execute("SELECT count(*) FROM block").fetchone()[0]
        except sqlite3.Error:
            return 0


def test(slurm, sweep, points):
    if points is None:
        rate = sweep.points_per_second()
        points = max(600, int(rate * SECONDS_OF_SHARD * SHARDS))
        say(f"{rate:.0f} points a second on one thread")
    sweep.write_space(points)
    say(f"{points} points in {SHARDS} shards")
    slurm.start()
    say("slurmctld and two nodes are up")
    print(sweep.submit(), end="")

    def running(node):
        return [task for task in slurm.tasks() if task[2] == "RUNNING" and task[3] == node]

    job, killed = wait("a task on n1 in the middle", lambda: next(
        (task[:2] for task in running("n1") if sweep.blocks(task[1]) > 1), None))
    for pid in sweep.processes(killed):
        os.kill(pid, signal.SIGKILL)
    say(f"killed task {job}_{killed} after {sweep.blocks(killed)} blocks")

    lost = wait("a task on n2 in the middle", lambda: next(
        (task[1] for task in running("n2") if sweep.blocks(task[1]) > 1), None))
    pids = sweep.processes(lost)
    slurm.lose("n2")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    run("scontrol", "update", "nodename=n2", "state=down", "reason=test")
    say(f"n2 went down under task {job}_{lost} after {sweep.blocks(lost)} blocks")
    wait("its return to the queue", lambda: [
        task for task in slurm.tasks() if task[1] == lost and task[2] == "PENDING"])
    # A task that comes back to the queue waits two minutes by default.
    run("scontrol", "update", f"jobid={job}_{lost}", "StartTime=now", check=False)

    wait("the end of the array and the merge", lambda: not slurm.tasks(), seconds=600)
    states = sweep.states()
    require(states[int(killed) - 1] != "complete", "the killed shard is unfinished")
    require([state for state in states if state == "complete"] == ["complete"] * (SHARDS - 1),
            "all others are complete, that of the lost node too")
    merge = sweep.explore("merge", sweep.store, check=False)
    require(merge.returncode == 1 and merge.stderr.strip().endswith(f"unfinished: {killed}"),
            "the merge says which is missing and fails")

    answer = sweep.submit()
    print(answer, end="")
    require(f"of 1 shards ({killed})" in answer, "submitting again submits only that one")
    wait("the end of the second array", lambda: not slurm.tasks(), seconds=600)
    require(sweep.states() == ["complete"] * SHARDS, "all shards are complete")

    single = f"{sweep.folder}/single.sqlite"
    sweep.explore(sweep.space, "--store", single, "--sample", "0")
    expected, found = sweep.csv(single), sweep.csv(sweep.store)
    require(found == expected,
            f"the merged store has the {len(expected.splitlines()) - 1} points and the front of the "
            "same sweep in one process, none twice, none lost")
    again = sweep.explore("merge", sweep.store)
    require(sweep.csv(sweep.store) == expected, "merging again changes nothing")
    say("passed; the last merge said: " + again.stdout.splitlines()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--setun", default=".build/release/setun", help="the command")
    parser.add_argument("--points", type=int,
                        help="points of the sweep, instead of what takes some seconds a shard")
    arguments = parser.parse_args()
    for program in ["slurmctld", "slurmd", "sbatch"]:
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing: apt-get install -y slurm-wlm")
    with tempfile.TemporaryDirectory(prefix="setun-slurm-") as folder:
        slurm = Slurm(folder)
        try:
            test(slurm, Sweep(os.path.abspath(arguments.setun), folder), arguments.points)
        finally:
            slurm.stop()
            for log in ["slurmctld.log"] if sys.exc_info()[0] else []:
                with open(f"{folder}/{log}") as file:
                    print("".join(file.readlines()[-20:]))


if __name__ == "__main__":
    main()
