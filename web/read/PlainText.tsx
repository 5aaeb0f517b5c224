/** A plain text: own words shown, quoted runs folded behind a button, addresses to follow. */
import { useState } from 'react';
import { requestCompose } from '#web/app/composeRequests.ts';
import { t } from '#web/words/read.ts';
import { linkPieces, quoteRuns } from './plainText.ts';
import css from './reader.module.css';

export function PlainText({ text }: { readonly text: string }) {
  const runs = quoteRuns(text.replaceAll('\r\n', '\n'));
  // A message that only quotes would look empty.
  const hasOwn = runs.some((run) => run.kind === 'own' && run.lines.some((line) => line.trim() !== ''));
  return (
    <div className={css['text']}>
      {runs.map((run, index) =>
        run.kind === 'own' || !hasOwn ? (
          // The runs of a message never change.
          // oxlint-disable-next-line react/no-array-index-key
          <Lines key={index} lines={run.lines} />
        ) : (
          // oxlint-disable-next-line react/no-array-index-key
          <Quoted key={index} lines={run.lines} />
        ),
      )}
    </div>
  );
}

function Quoted({ lines }: { readonly lines: readonly string[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={css['fold']}
        aria-expanded={isOpen}
        aria-label={isOpen ? t('quoteHide') : t('quoteShow')}
        title={isOpen ? t('quoteHide') : t('quoteShow')}
        onClick={() => setOpen(!isOpen)}
      >
        •••
      </button>
      {isOpen && (
        <div className={css['quoted']}>
          <Lines lines={lines} />
        </div>
      )}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <div>
      {linkPieces(lines.join('\n')).map((piece, index) => {
        if (piece.kind === 'text') return piece.text;
        const isMail = piece.href.startsWith('mailto:');
        return (
          <a
            // oxlint-disable-next-line react/no-array-index-key
            key={index}
            href={piece.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            onClick={(event) => {
              if (!isMail) return;
              event.preventDefault();
              requestCompose({ kind: 'new', to: piece.text });
            }}
          >
            {piece.text}
          </a>
        );
      })}
    </div>
  );
}
