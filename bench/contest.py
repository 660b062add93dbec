"""Alternating rounds between servers in one run: samples, which of them count, and medians."""

import json
import os
import resource
import statistics
import subprocess

from servers import LOAD_CORE, pinned

STARVED_BELOW = 0.8  # of the core it is pinned to


def children_cpu_seconds():
    """Of children that have ended: servers run on, so these are the loads."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Contender:
    """A server, and what it is asked. `pace` is for loads that are not meant to fill its core."""

    def __init__(self, name, server, load, pace=None):
        self.name, self.server, self.load, self.pace = name, server, load, pace
        self.samples, self.refused = [], []

    def sample(self, program, seconds):
        before, load_before = self.server.cpu_seconds(), children_cpu_seconds()
        said = subprocess.run(
            [program, *map(str, self.load(self.server.port)), f"seconds={seconds}"],
            capture_output=True, text=True, preexec_fn=pinned(LOAD_CORE), check=False)
        if said.returncode != 0:
            raise SystemExit(f"{self.name}: the load failed: {said.stdout}{said.stderr}")
        sample = json.loads(said.stdout)
        sample["cpu_s"] = self.server.cpu_seconds() - before
        sample["share"] = sample["cpu_s"] / sample["seconds"]
        sample["load_share"] = (children_cpu_seconds() - load_before) / sample["seconds"]
        sample["per_s"] = sample["done"] / sample["seconds"]
        sample["per_cpu_s"] = sample["done"] / max(sample["cpu_s"], 1e-9)
        why = self.flaw_of(sample)
        (self.refused if why else self.samples).append(sample | ({"refused": why} if why else {}))

    def flaw_of(self, sample):
        if sample["failed"] > sample["done"] / 100:
            return f"{sample['failed']} requests failed: {sample['first_failure']}"
        # A load that has all of its core is slower than the server, which then idles and is not
        # starved: what it does in a second of processor time is the same.
        busiest = max(sample["share"], sample["load_share"])
        if self.pace is None and busiest < STARVED_BELOW:
            return f"the server got {sample['share']:.2f} of its core"
        return None

    def result(self):
        def median(key):
            return statistics.median(s[key] for s in self.samples) if self.samples else None
        octets = [s["octets"] / s["done"] for s in self.samples if s.get("octets")]
        return {"per_cpu_s": median("per_cpu_s"), "per_s": median("per_s"),
                "share": median("share"), "p50_us": median("p50_us"), "p99_us": median("p99_us"),
                "octets": statistics.median(octets) if octets else None,
                "samples": len(self.samples), "refused": [s["refused"] for s in self.refused],
                "refused_per_cpu_s": [round(s["per_cpu_s"]) for s in self.refused]}


def told_of_refused(result):
    """One reason, and what the samples would have said."""
    for why, figure in zip(result["refused"], result["refused_per_cpu_s"]):
        yield f"{why} ({figure:,})"
        return


def alternate(contenders, program, rounds, seconds):
    for contender in contenders:  # once for warmth, not counted
        contender.sample(program, 0.2)
        contender.samples.clear()
        contender.refused.clear()
    for _ in range(rounds):
        for contender in contenders:
            contender.sample(program, seconds)
    results = {each.name: each.result() for each in contenders}
    for name, result in results.items():
        figure = "refused" if result["per_cpu_s"] is None else f"{result['per_cpu_s']:12,.0f}"
        print(f"  {name:42} {figure} /CPU-s   {result['samples']} of {rounds} rounds count",
              *told_of_refused(result), flush=True)
    return results


def ratio(results, ours, theirs):
    a, b = results[ours]["per_cpu_s"], results[theirs]["per_cpu_s"]
    return a / b if a and b else None


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return {"cpu": model[0] if model else "unknown", "cores": os.cpu_count(),
            "kernel": os.uname().release}
