/** The distribution from a column's summary, drawn before any row is here. */
export function HistogramPreview({ edges, counts }: { edges: number[]; counts: number[] }): JSX.Element {
  const most = Math.max(1, ...counts);
  const span = edges[edges.length - 1] - edges[0] || 1;
  const path = counts
    .map((count, i) => {
      const [x0, x1] = [(edges[i] - edges[0]) / span, (edges[i + 1] - edges[0]) / span].map(x =>
        (100 * x).toFixed(2)
      );
      const y = (100 - (96 * count) / most).toFixed(2);
      return `L${x0} ${y}L${x1} ${y}`;
    })
    .join('');
  return (
    <svg className="tsm-HistogramPreview" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      <path d={`M0 100${path}L100 100Z`} />
    </svg>
  );
}
