/** The accent of one look: chosen or typed, and beside it how well it can be read, as it is typed. */
import { useId } from 'react';
import { hardestReading, leastContrast, printContrast, surfaces } from '#formats/brand/accent.ts';
import type { Look } from '#formats/brand/accent.ts';
import { parseColour } from '#formats/brand/colour.ts';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/brand.ts';
import { currentLanguage } from '#web/words/language.ts';
import own from './brand.module.css';

export interface AccentFieldProps {
  readonly look: Look;
  /** '': the house's. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function AccentField({ look, value, onChange }: AccentFieldProps) {
  const id = useId();
  const colour = parseColour(value);
  const wrong = wrongAccent(look, value);
  const reading = hardestReading(colour ?? surfaces[look].accent, look);
  const figures = { found: figure(reading.contrast), needed: figure(leastContrast) };
  return (
    <div className={own['accent']}>
      <TextField
        label={t(`accent.${look}`)}
        value={value}
        onChange={onChange}
        placeholder={surfaces[look].accent}
        maxLength={7}
        autoComplete="off"
        spellCheck={false}
        hint={value === '' ? t('accentHouse', figures) : t('readable', figures)}
        error={wrong && (wrong === 'form' ? t('wrongColour') : t('tooPale', figures))}
        end={
          <input
            id={id}
            type="color"
            className={own['swatch']}
            aria-label={t(`pick.${look}`)}
            value={colour ?? surfaces[look].accent}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        }
      />
    </div>
  );
}

/** @returns undefined for what may be saved. */
export function wrongAccent(look: Look, value: string): 'form' | 'contrast' | undefined {
  if (value.trim() === '') return undefined;
  const colour = parseColour(value);
  if (colour === undefined) return 'form';
  return hardestReading(colour, look).contrast < leastContrast ? 'contrast' : undefined;
}

function figure(contrast: number): string {
  const printed = printContrast(contrast);
  return currentLanguage() === 'fr' ? printed.replace('.', ',') : printed;
}
