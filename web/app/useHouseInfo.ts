/** Whose house it is, as its door says; asked again where the line was lost, for what depends on it would stay away. */
import { useEffect, useState } from 'react';
import { fetchHouseInfo } from './login.ts';
import type { HouseInfo } from './login.ts';

const againMs = 3_000;

/** undefined until it is known. */
export function useHouseInfo(): HouseInfo | undefined {
  const [house, setHouse] = useState<HouseInfo | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    let again: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const info = await fetchHouseInfo();
      if (isOver) return;
      if (info) setHouse(info);
      else again = setTimeout(() => void ask(), againMs);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(again);
    };
  }, []);
  return house;
}
