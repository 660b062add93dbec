"""What was measured, as a Markdown table between two marks, and as an SVG of bars."""

from html import escape

BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"


def verdict(figure, bar):
    """A bar below zero is an upper one."""
    if figure is None:
        return "not judged: every sample was refused"
    wanted = f"≤ {-bar:g}" if bar < 0 else f"≥ {bar:,g}"
    met = figure <= -bar if bar < 0 else figure >= bar
    shown = f"{figure:,.0f}" if figure >= 1000 else f"{figure:.2f}"
    return f"{shown} ({wanted}{'' if met else ': missed'})"


def number(value):
    return "" if value is None else f"{value:,.0f}"


def microseconds(value):
    return f"{value:.0f} us" if value >= 10 else f"{value:.2f} us"


def table(known):
    lines = []
    for section, measured in known.items():
        on = measured["machine"]
        lines += [f"\n### {section.capitalize()}\n",
                  f"{measured['unit'].capitalize()}; {measured['measured']}, {on['cpu']}, "
                  f"{on['cores']} cores" + (f"; {measured['note']}" if "note" in measured else "")
                  + ".\n",
                  "| | per second of the server's processor | per second | p50 | p99 | rounds |",
                  "|---|---:|---:|---:|---:|---:|"]
        for name, result in measured["results"].items():
            rounds = str(result["samples"])
            if result["refused"]:
                rounds += f", {len(result['refused'])} refused"
            times = [microseconds(result[key]) if result.get(key) else "" for key in
                     ("p50_us", "p99_us")]
            lines.append(f"| {name} | {number(result.get('per_cpu_s'))} | "
                         f"{number(result.get('per_s'))} | {times[0]} | {times[1]} | {rounds} |")
        if measured["bars"]:
            lines += ["", "| ratio | |", "|---|---|"]
        lines += [f"| {text} | {verdict(figure, bar)} |" for text, figure, bar in measured["bars"]]
    return "\n".join(lines) + "\n"


def picture(known):
    width, row, left = 760, 22, 270
    out, y = [], 8
    for section, measured in known.items():
        results = {name: each["per_cpu_s"] for name, each in measured["results"].items()
                   if each.get("per_cpu_s")}
        if not results or section == "pieces":  # nothing stands beside those
            continue
        out.append(f'<text x="8" y="{y + 14}" class="head">{escape(section)}: '
                   f'{escape(measured["unit"])} per second of the server’s processor</text>')
        y += row + 2
        most = max(results.values())
        for name, value in results.items():
            length = max(1, (width - left - 90) * value / most)
            kind = "ours" if name.startswith("staplelab") else "theirs"
            out.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
                       f'<rect x="{left}" y="{y + 3}" width="{length:.0f}" height="15" '
                       f'class="{kind}"/>'
                       f'<text x="{left + length + 6:.0f}" y="{y + 14}">{value:,.0f}</text>')
            y += row
        y += 10
    style = ("text{font:12px sans-serif;fill:#222}.head{font-weight:bold}.ours{fill:#2a6f97}"
             ".theirs{fill:#b8b8b8}")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + 4}" '
            f'viewBox="0 0 {width} {y + 4}" role="img" aria-label="what was measured">'
            f'<style>{style}</style><rect width="100%" height="100%" fill="#fff"/>'
            + "".join(out) + "</svg>\n")


def write(folder, known):
    page = folder / "performance.md"
    text = page.read_text(encoding="utf-8") if page.exists() else f"# Performance\n\n{BEGIN}{END}"
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    page.write_text(before + BEGIN + table(known) + END + after, encoding="utf-8")
    images = folder / "images"
    images.mkdir(exist_ok=True)
    (images / "performance.svg").write_text(picture(known), encoding="utf-8")
