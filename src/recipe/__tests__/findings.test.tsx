/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, within } from '@testing-library/react';

import type { IFinding } from '../backend';
import { Findings } from '../findings';

const trans = nullTranslator.load('tsm');

const PHOTO: IFinding = {
  level: 'warning',
  message: "'threedhst': 750 of 854 rows with good flags (3 or 4) are photometric redshifts.",
  remedy: 'Ask for the type as well as the flag.',
  where: 'threedhst',
  count: 750,
  code: 'photo-z-behind-good-flags',
  examples: [
    { source_row_id: '9007199254740993', ra: 150.14537048, redshift: 1.0464, instrument_type: 'p' },
    { source_row_id: '7', ra: null, redshift: 0.5, instrument_type: 'p', z_flag: 3 }
  ],
  fixes: [
    {
      label: 'Only secure galaxies may win (secure_galaxy)',
      edits: [{ op: 'set', path: ['steps', 1, 'combine', 'eligible'], value: 'secure_galaxy' }]
    }
  ]
};
const PLAIN: IFinding = { level: 'error', message: 'There is no file.', remedy: 'Check the path.' };

describe('findings', () => {
  it('say the thing and the remedy, errors first', () => {
    render(<Findings findings={[PHOTO, PLAIN]} trans={trans} />);
    const items = screen.getAllByRole('listitem');
    expect(items.map(item => within(item).getByRole('img').getAttribute('aria-label'))).toEqual([
      'Error',
      'Warning'
    ]);
    expect(within(items[0]).getByText('Check the path.')).toBeTruthy();
    expect(within(items[0]).queryByRole('button')).toBeNull();
    expect(within(items[1]).getByText(/750 of 854/)).toBeTruthy();
  });

  it('unfold a table of example rows, ids whole and last, and fold it again', () => {
    render(<Findings findings={[PHOTO]} trans={trans} />);
    const show = screen.getByRole('button', { name: /Show rows \(2 of 750\)/ });
    expect(show.getAttribute('aria-expanded')).toBe('false');
    expect(screen.queryByRole('table')).toBeNull();
    fireEvent.click(show);
    expect(show.getAttribute('aria-expanded')).toBe('true');
    const table = screen.getByRole('table', { name: 'Example rows' });
    expect(document.getElementById(show.getAttribute('aria-controls')!)?.contains(table)).toBe(true);
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map(cell => cell.textContent)
    ).toEqual(['ra', 'redshift', 'instrument_type', 'z_flag', 'source_row_id']);
    const cells = within(table)
      .getAllByRole('row')
      .slice(1)
      .map(row =>
        within(row)
          .getAllByRole('cell')
          .map(cell => cell.textContent)
      );
    expect(cells).toEqual([
      ['150.145370', '1.0464', 'p', '–', '9007199254740993'],
      ['–', '0.5', 'p', '3', '7']
    ]);
    fireEvent.click(show);
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('offer each fix as a button where the recipe can be edited, and only there', () => {
    const onFix = jest.fn();
    const { rerender } = render(<Findings findings={[PHOTO]} trans={trans} onFix={onFix} />);
    fireEvent.click(screen.getByRole('button', { name: 'Only secure galaxies may win (secure_galaxy)' }));
    expect(onFix).toHaveBeenCalledWith(PHOTO.fixes![0]);
    rerender(<Findings findings={[PHOTO]} trans={trans} />);
    expect(screen.queryByRole('button', { name: /secure_galaxy/ })).toBeNull();
  });

  it('keep rows unfolded when the plan is made again', () => {
    const { rerender } = render(<Findings findings={[PHOTO]} trans={trans} />);
    fireEvent.click(screen.getByRole('button', { name: /Show rows/ }));
    const again = { ...PHOTO, message: "'threedhst': 749 of 853 rows.", count: 749 };
    rerender(<Findings findings={[PLAIN, again]} trans={trans} />);
    expect(screen.getByRole('table')).toBeTruthy();
  });

  it('show nothing when there are none', () => {
    const { container } = render(<Findings findings={[]} trans={trans} />);
    expect(container.innerHTML).toBe('');
  });
});
