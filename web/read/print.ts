/** Printing a plain text: in a frame of its own, so that the page around it stays off the paper. */
/** @param head the subject, then the sender and so on, a line each. */
export function printText([title = '', ...lines]: readonly string[], text: string): void {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  document.body.append(frame);
  const inner = frame.contentDocument;
  const view = frame.contentWindow;
  if (!inner || !view) return;
  const heading = inner.createElement('h1');
  heading.textContent = title;
  const body = inner.createElement('pre');
  body.textContent = text;
  body.style.setProperty('white-space', 'pre-wrap');
  body.style.setProperty('font', 'inherit');
  const facts = lines.map((line) => {
    const paragraph = inner.createElement('p');
    paragraph.textContent = line;
    paragraph.style.setProperty('margin', '0 0 4px');
    return paragraph;
  });
  inner.title = title;
  inner.body.append(heading, ...facts, body);
  view.addEventListener('afterprint', () => frame.remove());
  view.print();
}
