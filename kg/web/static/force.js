// Where the nodes of a network stand: springs along edges, repulsion between all, until they are at rest (Fruchterman and Reingold).

export function layout(count, edges, { width, height, rounds = 300 }) {
  // A spiral to begin with: no chance, so that a graph always looks the same.
  const nodes = Array.from({ length: count }, (_, i) => {
    const radius = (Math.sqrt(i + 0.5) / Math.sqrt(count)) * Math.min(width, height) * 0.45;
    return { x: width / 2 + radius * Math.cos(i * 2.399963), y: height / 2 + radius * Math.sin(i * 2.399963), dx: 0, dy: 0 };
  });
  const ideal = Math.sqrt((width * height) / Math.max(1, count)) * 0.8;
  const stretch = width / height;
  for (let round = 0; round < rounds; round++) {
    const heat = (Math.min(width, height) / 8) * (1 - round / rounds) ** 1.5 + 0.5;
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count; j++) {
        const x = nodes[i].x - nodes[j].x || 0.01;
        const y = nodes[i].y - nodes[j].y || 0.01;
        const square = Math.max(25, x * x + y * y);
        const push = (ideal * ideal) / square;
        nodes[i].dx += x * push;
        nodes[i].dy += y * push;
        nodes[j].dx -= x * push;
        nodes[j].dy -= y * push;
      }
    }
    for (const [a, b] of edges) {
      const x = nodes[a].x - nodes[b].x;
      const y = nodes[a].y - nodes[b].y;
      const pull = Math.hypot(x, y) / ideal;
      nodes[a].dx -= x * pull;
      nodes[a].dy -= y * pull;
      nodes[b].dx += x * pull;
      nodes[b].dy += y * pull;
    }
    for (const node of nodes) {
      node.dx += (width / 2 - node.x) * 0.25;
      node.dy += (height / 2 - node.y) * 0.25 * stretch;
      const length = Math.hypot(node.dx, node.dy) || 1;
      const step = Math.min(length, heat);
      node.x += (node.dx / length) * step;
      node.y += (node.dy / length) * step;
      node.dx = node.dy = 0;
    }
  }
  return fitted(nodes, width, height);
}

function fitted(nodes, width, height, margin = 50) {
  const xs = nodes.map((node) => node.x);
  const ys = nodes.map((node) => node.y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return nodes.map(({ x, y }) => ({
    x: right > left ? margin + ((x - left) / (right - left)) * (width - 2 * margin) : width / 2,
    y: bottom > top ? margin + ((y - top) / (bottom - top)) * (height - 2 * margin) : height / 2,
  }));
}
