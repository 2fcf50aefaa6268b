// What a picture of the flow does when it is used: methods, folds, dust, search, keys, and the panel.
//
// The picture was drawn by picture.py; its data (picture_data.py) lies beside it as JSON. Every box stands where Python
// placed it, and nothing here moves one. Values are BigInt from decimal text, never a Number. Every text is set as text.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const [IN, OUT, RESTS, LEFT, BACK] = [0, 1, 2, 3, 4];

  // ---- elements ------------------------------------------------------------------------------------------------

  function el(name, attributes = {}, ...children) {
    const made = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  }

  const cut = (text, most) => {
    const signs = Array.from(text);
    return signs.length <= most ? text : signs.slice(0, most - 1).join("") + "…";
  };
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

  function figure(value, decimals) {
    const digits = value.toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals);
    const rest = digits.slice(digits.length - decimals).replace(/0+$/, "");
    return grouped(whole) + (decimals && rest ? "." + rest : "");
  }

  function perCent(part, whole) {
    if (!whole) return "";
    const tenths = (part * 2000n + whole) / (2n * whole);
    if (part < whole && tenths === 1000n) return "over 99.9 %";
    if (part && !tenths) return "under 0.1 %";
    return `${tenths / 10n}.${tenths % 10n} %`;
  }

  // Exact fractions of money: [numerator, denominator], or null where a price is lacking.
  const fraction = (parts) => (parts ? parts.map(BigInt) : null);
  const gcd = (a, b) => (b ? gcd(b, a % b) : a);
  function plus(a, b) {
    if (!a || !b) return null;
    const [over, under] = [a[0] * b[1] + b[0] * a[1], a[1] * b[1]];
    const common = gcd(over, under) || 1n;
    return [over / common, under / common];
  }
  const cents = ([over, under]) => {
    const digits = ((200n * over + under) / (2n * under)).toString().padStart(3, "0");
    return `${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`;
  };

  function start(root) {
    const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const { boxes, lines, assets, look } = data;
    const view = root.querySelector(".view");
    const svg = view.querySelector("svg");
    const drawnLines = svg.querySelector(".lines");
    const under = svg.querySelector("[data-under]");
    const nodes = boxes.filter((box) => box.kind !== "beyond");
    const state = { method: 0, dust: 0, open: new Map(), chosen: null, hits: [], hit: -1, zoom: 100, language: data.language };
    boxes.forEach((box, number) => {
      box.number = number;
      [box.x, box.y, box.width, box.height, box.notes] = box.at;
      box.sums = box.sums.map((sums) => sums && sums.map((side) => new Map(Object.entries(side).map(([at, value]) => [+at, BigInt(value)]))));
    });
    nodes.forEach((box) => (box.element = svg.querySelector(`[data-box="${box.number}"]`)));
    for (const line of lines) {
      line.values = line.values.map(BigInt);
      line.worths = line.worths.map(fraction);
    }
    assets.forEach((asset) => (asset.whole = BigInt(asset.whole)));
    const dust = data.dust.map((step) => step.map(BigInt));
    const several = assets.length > 1;

    // ---- words and amounts -------------------------------------------------------------------------------------

    function say(words, places = {}) {
      const told = (data.words[state.language] || {})[words] || words;
      return told.replace(/\{(\w+)\}/g, (place, key) => (key in places ? places[key] : place));
    }
    const amount = (value, at) => `${figure(value, assets[at].decimals)} ${assets[at].unit}`;
    const told = (value, at) => (several ? amount(value, at) : figure(value, assets[at].decimals));
    const money = (worth) => (worth ? `${cents(worth)} ${data.currency}` : "");
    const both = (value, at, worth) => [amount(value, at), money(worth)].filter(Boolean).join(" · ");
    const sumTold = (sums) => [...sums].map(([at, value]) => told(value, at)).join(" + ") || "0";
    const add = (sums, at, value) => sums.set(at, (sums.get(at) || 0n) + value);

    // ---- what is seen: folds, methods, dust ----------------------------------------------------------------------

    const isOpen = (box) => box.fold < 0 || (box.kind !== "beyond" && state.open.get(box.fold) === box.page);
    const seen = (number) => (isOpen(boxes[number]) ? number : boxes[number].fold);

    // The lines under a method as they are seen, and the sums of each fold.
    function viewed(method) {
      const sums = new Map();
      for (const line of lines) {
        const value = line.values[method];
        const [from, to] = [seen(line.from), seen(line.to)];
        if (!value || (from === to && line.from !== from)) continue;
        const key = `${from} ${to} ${line.asset}`;
        const worth = data.currency ? line.worths[method] : null;
        const sum = sums.get(key) || { from, to, asset: line.asset, value: 0n, linked: 0, worth: [0n, 1n], parts: [] };
        sum.value += value;
        sum.worth = plus(sum.worth, worth);
        sum.linked |= line.linked;
        sum.parts.push(line);
        sums.set(key, sum);
      }
      const folds = new Map();
      for (const box of boxes) {
        if (isOpen(box) || !box.sums[method]) continue;
        const fold = folds.get(box.fold) || { members: 0, sums: [IN, OUT, RESTS, LEFT, BACK].map(() => new Map()) };
        fold.members += box.members[method];
        for (const side of [RESTS, LEFT, BACK]) for (const [at, value] of box.sums[method][side]) add(fold.sums[side], at, value);
        folds.set(box.fold, fold);
      }
      for (const line of sums.values()) {
        if (folds.has(line.to)) add(folds.get(line.to).sums[IN], line.asset, line.value);
        if (folds.has(line.from)) add(folds.get(line.from).sums[OUT], line.asset, line.value);
      }
      const ordered = [...sums.values()];
      const least = (line) => (state.dust ? dust[state.dust - 1][line.asset] : 0n);
      return { folds, lines: ordered.filter((line) => line.value >= least(line)), dusted: ordered.filter((line) => line.value < least(line)) };
    }

    function sumsOf(box, now, method) {
      if (box.kind !== "folded") return box.sums[method];
      return now.folds.has(box.number) ? now.folds.get(box.number).sums : null;
    }
    const isForward = (line) => boxes[line.from].x < boxes[line.to].x;

    // ---- texts: the same as flow_texts.py ------------------------------------------------------------------------

    function nameOf(box, now) {
      if (box.kind === "folded") {
        const members = now.folds.has(box.number) ? now.folds.get(box.number).members : 0;
        return say(members === 1 ? "{number} more address" : "{number} more addresses", { number: grouped(`${members}`) });
      }
      if (box.kind === "joined") return say("transaction {txid}", { txid: box.name[1] });
      return Array.isArray(box.name) ? say(box.name[0], { number: box.name[1] }) : box.name;
    }

    function underOf(box) {
      if (box.kind === "joined") return say("{number} inputs", { number: box.under });
      return data.plain.includes(box.under) ? say(box.under) : box.under;
    }

    function sumLines(box, sums) {
      if (box.kind === "payer" || !sums[IN].size) return [say("paid {value}", { value: sumTold(sums[OUT]) })];
      const same = sums[IN].size === sums[OUT].size && [...sums[IN]].every(([at, value]) => sums[OUT].get(at) === value);
      if (same) return [say("in and out {value}", { value: sumTold(sums[IN]) })];
      const made = [say("in {value}", { value: sumTold(sums[IN]) })];
      if (sums[OUT].size && box.kind !== "endpoint") made.push(say("out {value}", { value: sumTold(sums[OUT]) }));
      return made;
    }

    function shareLine(sums) {
      for (const [at, value] of sums[sums[IN].size ? IN : OUT]) {
        if (assets[at].paid) return say("{share} of all paid", { share: say(perCent(value, assets[at].whole)) });
      }
      return "";
    }

    function backs(box, now) {
      const found = now.lines.filter((line) => line.from === box.number && !isForward(line));
      const totals = new Map();
      found.forEach((line) => add(totals, line.asset, line.value));
      return [...totals].slice(0, 2).map(([at, value]) => {
        const targets = [...new Set(found.filter((line) => line.asset === at).map((line) => line.to))];
        const words = targets.length === 1 ? "← {value} back to {place}" : "← {value} back to {number} boxes";
        return say(words, { value: told(value, at), place: nameOf(boxes[targets[0]], now), number: `${targets.length}` });
      });
    }

    function textsOf(box, now) {
      const sums = sumsOf(box, now, state.method);
      if (!sums) return { lines: [], notes: [], letter: "" };
      const fold = box.kind === "folded";
      const hops = box.hops.length ? say("hops {first} to {last}", { first: box.hops[0], last: box.hops[1] }) : "";
      const under = fold ? [hops, shareLine(sums)] : [underOf(box)];
      const ends = (words, side) => [...sums[side]].slice(0, 2).map(([at, value]) => say(words, { value: told(value, at) }));
      return {
        lines: [nameOf(box, now), ...under, ...sumLines(box, sums)].filter(Boolean),
        notes: [...ends("rests: {value}", RESTS), ...ends("not followed: {value}", LEFT), ...ends("returned: {value}", BACK), ...backs(box, now)],
        letter: box.letter || (fold ? (state.open.has(box.number) ? "−" : "+") : (sums[RESTS].size ? "R" : "") + (sums[LEFT].size ? "N" : "")),
      };
    }

    function spoken(box, texts) {
      const kind = say(data.groups[box.group]);
      const first = ["folded", "joined"].includes(box.kind) ? kind : `${kind}: ${box.about}`;
      return [first, ...texts.lines, ...texts.notes].join(". ");
    }

    // ---- drawing: the same as picture.py -------------------------------------------------------------------------

    function write(x, y, text, size, fill, { anchor = null, bold = false } = {}) {
      return el("svg:text", { x, y, "font-size": size, "text-anchor": anchor, fill, "font-weight": bold ? "bold" : null }, text);
    }

    function textElements(box, texts) {
      const { x, y, height } = box;
      if (box.kind === "joined") {
        const below = texts.lines.length ? [texts.lines[1], ...texts.notes] : [];
        return below.map((text, at) => write(x + look.bar / 2, y + height + 14 + look.note * at, text, 11, look.soft, { anchor: "middle" }));
      }
      const top = y + Math.floor((height - look.row * texts.lines.length) / 2) + 11;
      const plain = ["address", "folded"].includes(box.group);
      const middle = x + look.strip / 2 + (box.group === "address" ? 3 : 0);
      const sign = write(middle, y + Math.floor(height / 2) + 5, texts.letter, 13, plain ? look.ink : "#ffffff", { anchor: "middle", bold: true });
      const left = x + look.strip + 7;
      return [
        ...(texts.letter ? [sign] : []),
        ...texts.lines.map((text, at) => write(left, top + look.row * at, cut(text, look.line), at ? 11 : 13, look.ink, { bold: !at })),
        ...texts.notes.map((text, at) => write(left, y + height + 14 + look.note * at, cut(text, look.note_line), 11, look.warn)),
      ];
    }

    function portsOf(now) {
      const ports = new Map(nodes.map((box) => [box.number, { into: [], out: [] }]));
      for (const line of now.lines.filter(isForward)) {
        ports.get(line.to).into.push(line);
        ports.get(line.from).out.push(line);
      }
      const by = (end) => (a, b) => boxes[a[end]].y - boxes[b[end]].y || a[end] - b[end] || a.asset - b.asset;
      for (const { into, out } of ports.values()) into.sort(by("from")), out.sort(by("to"));
      return ports;
    }
    const portAt = (box, at, count) => box.y + Math.floor((box.height * (2 * at + 1)) / (2 * count));

    function lineElements(now) {
      const ports = portsOf(now);
      const [paths, amounts] = [[], []];
      for (const line of now.lines.filter(isForward)) {
        const [source, target] = [boxes[line.from], boxes[line.to]];
        const { out } = ports.get(line.from);
        const { into } = ports.get(line.to);
        const [x1, y1] = [source.x + source.width, portAt(source, out.indexOf(line), out.length)];
        const [x2, y2] = [target.x, portAt(target, into.indexOf(line), into.length)];
        const bend = Math.max(Math.floor((x2 - x1) / 2), 30);
        const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 4} ${y2}`;
        const words = line.linked ? "{value} from {source} to {target}, by a document" : "{value} from {source} to {target}";
        const title = say(words, { value: both(line.value, line.asset, line.worth), source: nameOf(source, now), target: nameOf(target, now) });
        const whole = assets[line.asset].whole;
        const part = line.value < whole ? line.value : whole;
        const width = whole ? 1n + (BigInt(look.thickest) * part) / whole : 1n;
        const near = state.chosen && (state.chosen.box === line.from || state.chosen.box === line.to || isSame(state.chosen.line, line));
        paths.push(
          el("svg:g", { class: near ? "line near" : "line", onclick: () => choose({ line }) },
            el("svg:title", {}, title),
            el("svg:path", { d, fill: "none", stroke: look.lines[line.asset % 2], "stroke-width": width, "stroke-dasharray": line.linked ? "8 5" : null }),
            el("svg:path", { d: `M${x2 - 6} ${y2 - 4}L${x2} ${y2}L${x2 - 6} ${y2 + 4}z`, fill: look.soft }),
            el("svg:path", { d, class: "wide", fill: "none" })),
        );
        if (target.kind !== "joined" && target.height >= look.nearest * into.length) {
          const rim = { stroke: "#ffffff", "stroke-width": 3, "paint-order": "stroke" };
          const beside = BigInt(y2) + (y1 >= y2 ? -(width / 2n) - 3n : width / 2n + 11n);
          const roomy = into.length === 1 || Math.floor(target.height / into.length) >= look.roomy;
          amounts.push(el("svg:text", { x: x2 - 9, y: roomy ? beside : y2 + 3, "font-size": 11, "text-anchor": "end", fill: look.ink, ...rim }, [cut(told(line.value, line.asset), look.amount), money(line.worth)].filter(Boolean).join(" · ")));
        }
      }
      return [...paths, ...amounts];
    }
    const isSame = (a, b) => a && b && a.from === b.from && a.to === b.to && a.asset === b.asset;

    let now = null;
    function draw() {
      now = viewed(state.method);
      const touched = new Set(now.lines.flatMap((line) => [line.from, line.to]));
      let [right, low, dustedBoxes] = [0, 0, 0];
      for (const box of nodes) {
        const texts = textsOf(box, now);
        const there = isOpen(box) && texts.lines.length > 0;
        const dusted = there && state.dust > 0 && !touched.has(box.number);
        box.shown = there && !dusted;
        dustedBoxes += dusted ? 1 : 0;
        if (box.shown) box.element.removeAttribute("display");
        else box.element.setAttribute("display", "none");
        const aria = box.shown ? spoken(box, texts) : "";
        box.element.querySelector(".texts").replaceChildren(...(box.shown ? textElements(box, texts) : []));
        box.element.querySelector("title").textContent = aria;
        box.element.setAttribute("aria-label", aria);
        if (!box.shown) {
          box.element.removeAttribute("aria-label");
          continue;
        }
        box.element.classList.toggle("chosen", Boolean(state.chosen) && state.chosen.box === box.number);
        box.element.classList.toggle("hit", state.hits.some((hit) => seen(hit) === box.number));
        if (box.kind === "folded") box.element.setAttribute("aria-expanded", state.open.has(box.number));
        right = Math.max(right, box.x + box.width);
        low = Math.max(low, box.y + box.height + (box.notes ? look.note * box.notes + 2 : 0));
      }
      drawnLines.replaceChildren(...lineElements(now));
      size(right + look.right, low + look.margin);
      under.textContent = say(under.getAttribute("data-under"), { unit: cut(assets[0].unit, look.line), method: say(data.methods[state.method]) });
      panel();
      const parts = [];
      if (state.dust) {
        const totals = new Map();
        now.dusted.forEach((line) => add(totals, line.asset, line.value));
        const sum = [...totals].map(([at, value]) => amount(value, at)).join(" + ") || "0";
        parts.push(say("{number} lines below {share} are hidden, {sum} over all hops, and {boxes} boxes that have no other line.", {
          number: `${now.dusted.length}`, share: data.dust_names[state.dust - 1], sum, boxes: `${dustedBoxes}`,
        }));
      }
      if (state.notice) parts.push(state.notice);
      status.textContent = parts.join(" ");
    }

    function size(width, height) {
      state.extent = [width, height];
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      root.classList.toggle("tall", height > width);
      svg.setAttribute("width", Math.floor((width * state.zoom) / 100));
      svg.setAttribute("height", Math.floor((height * state.zoom) / 100));
      goesOn();
    }

    // ---- folds ---------------------------------------------------------------------------------------------------

    const folded = (fold) => boxes.filter((box) => box.fold === fold);
    const pagesOf = (fold) => 1 + Math.max(...folded(fold).map((box) => box.page));

    function open(fold, page) {
      state.open.delete(fold);
      if (page >= 0) state.open.set(fold, page);
      const count = () => nodes.filter((box) => isOpen(box) && (box.kind === "folded" || box.sums[state.method])).length;
      while (count() > data.most && state.open.size > 1) {
        state.open.delete(state.open.keys().next().value);
        state.notice = say("At most {number} boxes are shown at once: what was opened first is folded again.", { number: `${data.most}` });
      }
    }

    // ---- choosing, and the panel ---------------------------------------------------------------------------------

    function choose(chosen) {
      state.notice = "";
      state.chosen = chosen;
      draw();
    }

    function press(number) {
      state.notice = "";
      const box = boxes[number];
      if (box.kind === "folded" && pagesOf(number) > 0) open(number, state.open.has(number) ? -1 : 0);
      state.from = box;
      choose({ box: number });
      if (box.kind !== "folded") reveal(box);
    }

    function close() {
      choose(null);
      if (state.from && state.from.shown) state.from.element.focus({ preventScroll: true });
    }

    const exact = (value, at) => [amount(value, at), el("small", {}, ` ${say("{value} base units", { value: value.toString() })}`)];
    const button = (text, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, text);

    // The same sums under every method, exact.
    function methodTable(title, of) {
      const rows = data.methods.map((name, method) => {
        const cells = [...of(method)].map(([at, value]) => el("div", {}, exact(value, at)));
        return el("tr", { class: method === state.method ? "now" : null }, el("th", { scope: "row" }, say(name)), el("td", {}, cells.length ? cells : "0"));
      });
      return el("table", {}, el("caption", {}, title), el("tbody", {}, rows));
    }

    // What a line was worth under every method, each transfer at its own time; a sum is rounded once.
    function worthTable(parts) {
      const rows = data.methods.map((name, method) => {
        const worth = parts.filter((one) => one.values[method]).reduce((sum, one) => plus(sum, one.worths[method]), [0n, 1n]);
        return el("tr", { class: method === state.method ? "now" : null }, el("th", { scope: "row" }, say(name)), el("td", {}, money(worth) || say("a price is lacking")));
      });
      return el("table", {}, el("caption", {}, say("Worth when it moved")), el("tbody", {}, rows));
    }

    function list(pairs) {
      return el("dl", {}, pairs.map(([name, text]) => [el("dt", {}, say(name)), el("dd", {}, data.ours.includes(name) ? say(text) : text)]));
    }

    function lineButtons(title, found, end) {
      if (!found.length) return null;
      found.sort((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0));
      const items = found.map((line) => el("li", {}, button(`${both(line.value, line.asset, line.worth)} · ${nameOf(boxes[line[end]], now)}`, () => choose({ line }))));
      return [el("h4", {}, title), el("ul", {}, items)];
    }

    function boxPanel(box) {
      const per = (side) => (method) => {
        const sums = sumsOf(box, method === state.method ? now : viewed(method), method);
        return sums ? sums[side] : new Map();
      };
      const all = [["In", IN], ["Out", OUT], ["Rests", RESTS], ["Not followed", LEFT], ["Returned", BACK]];
      const tables = all.filter(([, side]) => data.methods.some((_, method) => per(side)(method).size)).map(([name, side]) => methodTable(say(name), per(side)));
      const into = now.lines.filter((line) => line.to === box.number);
      const out = now.lines.filter((line) => line.from === box.number);
      return [
        el("h3", {}, box.called || nameOf(box, now)),
        el("p", { class: "kind" }, say(data.groups[box.group])),
        box.kind === "folded" ? pager(box) : null,
        list(box.facts),
        ...tables,
        lineButtons(say("Came in from"), into, "from"),
        lineButtons(say("Went out to"), out, "to"),
        transfers(lines.filter((one) => seen(box.kind === "payer" ? one.from : one.to) === box.number), 8),
      ];
    }

    function pager(fold) {
      const pages = pagesOf(fold.number);
      const page = state.open.has(fold.number) ? state.open.get(fold.number) : -1;
      const go = (to) => () => (open(fold.number, to), choose({ box: fold.number }));
      const beyond = folded(fold.number).find((box) => box.kind === "beyond");
      const more = beyond ? beyond.members[state.method] : 0;
      return [
        el("p", { class: "pages" },
          button(say("previous"), go(page - 1), { disabled: page < 1 ? "" : null }),
          ` ${page < 0 ? say("folded") : say("page {page} of {pages}", { page: `${page + 1}`, pages: `${pages}` })} `,
          button(say("next"), go(page + 1), { disabled: page + 1 >= pages ? "" : null }),
          page >= 0 ? button(say("fold"), go(-1)) : null),
        more ? el("p", {}, say("{number} of them are in hops.csv alone.", { number: grouped(`${more}`) })) : null,
      ];
    }

    function movePanel(move, line) {
      const traced = BigInt(move.traced[state.method]);
      const pairs = [["Transaction", move.txid], ["Place in it", move.index], ["Time", move.time], ["Payment", move.origin]];
      if (move.rule[state.method]) pairs.push(["Rule", move.rule[state.method]]);
      if (move.memo) pairs.push(["Memo", move.memo]);
      if (move.source >= 0) pairs.push(["Source", data.sources[move.source]]);
      if (data.currency) pairs.push(["Worth when it moved", money(fraction(move.worth[state.method])) || say("a price is lacking")]);
      return el("li", {}, el("b", {}, exact(traced, line.asset)), el("div", {}, say("of {value} moved", { value: amount(BigInt(move.gross), line.asset) })), list(pairs.filter(([, text]) => text)));
    }

    // The transfers of these lines under the method, the largest first, and the sum of those that are not listed.
    function transfers(parts, most) {
      const moves = parts.flatMap((one) => one.moves.map((move) => [move, one, BigInt(move.traced[state.method])])).filter(([, , traced]) => traced);
      if (!moves.length) return null;
      moves.sort((a, b) => (a[2] < b[2] ? 1 : a[2] > b[2] ? -1 : 0));
      const hidden = new Map();
      moves.slice(most).forEach(([, one, traced]) => add(hidden, one.asset, traced));
      parts.filter((one) => one.rest.length).forEach((one) => add(hidden, one.asset, BigInt(one.rest[state.method + 1])));
      const sums = [...hidden].filter(([, value]) => value).map(([at, value]) => amount(value, at)).join(" + ");
      return [
        el("h4", {}, say("Transfers")),
        el("ol", {}, moves.slice(0, most).map(([move, one]) => movePanel(move, one))),
        sums ? el("p", {}, say("More transfers, of {value} together, are in hops.csv.", { value: sums })) : null,
      ];
    }

    function linePanel(line) {
      const parts = lines.filter((one) => one.asset === line.asset && seen(one.from) === line.from && seen(one.to) === line.to);
      const total = (method) => new Map([[line.asset, parts.reduce((sum, one) => sum + one.values[method], 0n)]]);
      return [
        el("h3", {}, say("From {source} to {target}", { source: nameOf(boxes[line.from], now), target: nameOf(boxes[line.to], now) })),
        el("p", {}, [line.from, line.to].map((number) => [button(nameOf(boxes[number], now), () => press0(number)), " "])),
        methodTable(say("Traced value"), total),
        data.currency ? worthTable(parts) : null,
        line.linked ? el("p", {}, say("A document says that this is one movement.")) : null,
        parts.some((one) => one.moves.length) ? null : el("p", {}, say("What an output holds goes into the transaction that spends it.")),
        transfers(parts, 20),
      ];
    }
    const press0 = (number) => (choose({ box: number }), reveal(boxes[number]));

    function panel() {
      const { chosen } = state;
      const line = chosen && chosen.line && now.lines.find((one) => isSame(one, chosen.line));
      const box = chosen && chosen.box !== undefined ? boxes[chosen.box] : null;
      const inside = aside.contains(document.activeElement);
      aside.hidden = !line && !box;
      root.classList.toggle("told", !aside.hidden);
      aside.replaceChildren(...(aside.hidden ? [] : [button("×", close, { class: "close", "aria-label": say("Close") }), el("div", {}, line ? linePanel(line) : boxPanel(box))]));
      if (inside && !aside.hidden) aside.focus({ preventScroll: true });
    }

    // ---- search --------------------------------------------------------------------------------------------------

    const texts = new Map(nodes.map((box) => [box.number, [box.about, ...box.facts.map(([, text]) => text)].join("\n").toLowerCase()]));
    const txids = new Map(nodes.map((box) => [box.number, new Set()]));
    for (const line of lines) for (const move of line.moves) if (txids.has(line.to)) txids.get(line.to).add(move.txid.toLowerCase());

    function found(wanted) {
      const has = (box) => texts.get(box.number).includes(wanted) || [...txids.get(box.number)].some((txid) => txid.includes(wanted));
      return wanted.length < 2 ? [] : nodes.filter((box) => box.kind !== "folded" && has(box)).map((box) => box.number);
    }

    // One text, or where nothing has it as it stands, a list of several.
    function search(text) {
      const wanted = text.trim().toLowerCase();
      state.hits = found(wanted);
      state.hit = -1;
      state.notice = wanted.length < 2 ? "" : say(state.hits.length ? "{number} found; Enter goes from one to the next." : "Nothing of this picture has it; hops.csv lists every movement.", { number: `${state.hits.length}` });
      const several = [...new Set(text.trim().split(/[\s,;|"']+/))].filter((one) => one.length > 1);
      if (!state.hits.length && several.length > 1) searchAll(several);
      draw();
    }

    function searchAll(several) {
      const told = several.map((one) => [one, found(one.toLowerCase())]);
      const lacking = told.filter(([, hits]) => !hits.length).map(([one]) => cut(one, 20));
      if (lacking.length === several.length) return;
      state.hits = [...new Set(told.flatMap(([, hits]) => hits))].sort((a, b) => a - b);
      const places = { found: `${several.length - lacking.length}`, number: `${several.length}`, boxes: `${state.hits.length}` };
      state.notice = say("{found} of {number} are in this picture, in {boxes} boxes; Enter goes from one to the next.", places);
      const first = lacking.slice(0, 5).join(", ") + (lacking.length > 5 ? ", …" : "");
      if (lacking.length) state.notice += " " + say("Not in it: {texts}.", { texts: first });
    }

    // A list that is pasted stands in one line: a field of one line would join its lines without a blank.
    function pasted(event) {
      const text = event.clipboardData.getData("text");
      if (!/[\r\n\t]/.test(text.trim())) return;
      event.preventDefault();
      const field = event.target;
      field.setRangeText(text.trim().split(/\s+/).join(" "), field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input"));
    }

    function nextHit() {
      if (!state.hits.length) return;
      state.hit = (state.hit + 1) % state.hits.length;
      const box = boxes[state.hits[state.hit]];
      state.notice = say("{at} of {number}", { at: `${state.hit + 1}`, number: `${state.hits.length}` });
      if (!box.sums[state.method]) state.notice += " " + say("Nothing reached it under this method.");
      else if (!isOpen(box)) open(box.fold, box.page);
      if (state.dust) state.dust = 0, controls();
      state.chosen = { box: box.number };
      draw();
      reveal(box);
    }

    // Scrolls no further than it must, so that a box is whole in view.
    function reveal(box) {
      const scale = state.zoom / 100;
      const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
      const near = (at, size, from, room) => {
        if (at - look.margin < from) return at - look.margin;
        return Math.max(from, Math.min(at - look.margin, at + size + look.right - room));
      };
      const left = near(box.x * scale, box.width * scale, view.scrollLeft, view.clientWidth);
      const top = near(box.y * scale, box.height * scale, view.scrollTop, view.clientHeight);
      if (left !== view.scrollLeft || top !== view.scrollTop) view.scrollTo({ left, top, behavior });
      const at = view.getBoundingClientRect().top + box.y * scale - top;
      const below = Math.max(0, at + box.height * scale + look.margin - innerHeight);
      if (at < 0 || below) scrollBy({ top: at < 0 ? at - look.margin : below, behavior });
    }

    // ---- keys ----------------------------------------------------------------------------------------------------

    const weight = (line) => (assets[line.asset].whole ? (line.value * 1000000000n) / assets[line.asset].whole : 0n);

    function along(box, key) {
      const row = nodes.filter((one) => one.shown && one.x === box.x).sort((a, b) => a.y - b.y);
      if (key === "ArrowUp") return row[row.indexOf(box) - 1];
      if (key === "ArrowDown") return row[row.indexOf(box) + 1];
      const [here, there] = key === "ArrowRight" ? ["from", "to"] : ["to", "from"];
      const found = now.lines.filter((line) => isForward(line) && line[here] === box.number);
      const best = found.reduce((most, line) => (!most || weight(line) > weight(most) ? line : most), null);
      return best ? boxes[best[there]] : null;
    }

    svg.addEventListener("keydown", (event) => {
      const element = event.target.closest("[data-box]");
      if (!element) return;
      const box = boxes[+element.getAttribute("data-box")];
      if (event.key === "Enter" || event.key === " ") {
        press(box.number);
        if (box.kind !== "folded") aside.focus({ preventScroll: true });
      } else if (event.key.startsWith("Arrow")) {
        const next = along(box, event.key);
        if (next) next.element.focus({ preventScroll: true }), reveal(next);
      } else return;
      event.preventDefault();
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && state.chosen) close();
    });
    svg.addEventListener("click", (event) => {
      const element = event.target.closest("[data-box]");
      if (element) press(+element.getAttribute("data-box"));
    });

    // ---- controls ------------------------------------------------------------------------------------------------

    const bar = el("div", { class: "tools", role: "group" });
    const status = el("p", { class: "status", role: "status" });
    const aside = el("aside", { class: "panel", tabindex: "-1", hidden: "" });
    const onward = "The picture goes on to the right: move it sideways, or make it smaller.";
    const more = el("p", { class: "more", hidden: "", "data-say": onward }, say(onward));

    // Where the picture is wider than its view the line stands above it, and is not seen where its end is in view.
    function goesOn() {
      const left = view.scrollWidth - view.clientWidth;
      more.hidden = left <= look.margin;
      more.classList.toggle("end", left - view.scrollLeft <= look.margin);
    }
    view.addEventListener("scroll", goesOn, { passive: true });
    new ResizeObserver(goesOn).observe(view);

    function zoom(by) {
      state.zoom = Math.min(200, Math.max(30, state.zoom + by));
      size(...state.extent);
    }

    // Writes the controls anew; what had the focus has it again.
    function controls() {
      const all = () => [...bar.querySelectorAll("button, input")];
      const focused = all().indexOf(document.activeElement);
      const methods = data.methods.map((name, method) =>
        button(say(name), () => ((state.method = method), (state.notice = ""), controls(), draw()), { "aria-pressed": method === state.method, class: "method" }));
      const share = () => (state.dust ? data.dust_names[state.dust - 1] : say("all lines"));
      const output = el("output", {}, share());
      const slider = el("input", { type: "range", min: 0, max: dust.length, step: 1, value: state.dust, "aria-label": say("Hide lines below") });
      slider.addEventListener("input", () => ((state.dust = +slider.value), (output.textContent = share()), slider.setAttribute("aria-valuetext", share()), draw()));
      const field = el("input", { type: "search", placeholder: say("address, txid, label"), "aria-label": say("Search"), autocomplete: "off", spellcheck: "false", value: state.wanted || null });
      field.addEventListener("input", () => ((state.wanted = field.value), search(field.value)));
      field.addEventListener("paste", pasted);
      field.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), nextHit()));
      const languages = ["en", ...Object.keys(data.words)].filter((language) => language !== state.language);
      const names = { en: "English", zh: "中文" };
      bar.setAttribute("aria-label", say("Controls of the picture"));
      aside.setAttribute("aria-label", say("What was chosen"));
      root.lang = state.language === "zh" ? "zh-Hans" : state.language;
      bar.replaceChildren(
        el("span", { class: "methods", role: "group", "aria-label": say("Method") }, el("b", {}, say("Method")), methods),
        el("label", {}, el("b", {}, say("Hide lines below")), slider, output),
        field,
        el("span", { class: "zoom" }, button("−", () => zoom(-20), { "aria-label": say("Smaller") }), button("+", () => zoom(20), { "aria-label": say("Larger") })),
        el("span", {}, languages.map((language) => button(names[language], () => speak(language), { lang: language }))),
      );
      if (focused >= 0) all()[focused].focus({ preventScroll: true });
    }

    // Every word of ours has its English in data-say: headings, the caption, the legend.
    function speak(language) {
      state.language = language;
      for (const element of root.querySelectorAll("[data-say]")) {
        element.textContent = say(element.getAttribute("data-say"), JSON.parse(element.getAttribute("data-places") || "{}"));
      }
      controls();
      if (state.wanted) search(state.wanted);
      else draw();
    }

    nodes.forEach((box) => box.element.setAttribute("role", "button"));
    view.before(bar, el("div", { class: "said" }, status, more));
    view.after(aside);
    controls();
    draw();
    root.classList.add("ready");
  }

  for (const root of document.querySelectorAll(".flow:not([data-ready])")) {
    root.setAttribute("data-ready", "");
    start(root);
  }
})();
