/**
 * Given and family names as they are met in French schools: metropolitan and overseas, accents, particles, hyphens,
 * apostrophes. Lists of common names, put together by chance; no real person is meant. The order matters: the first
 * ones are drawn more often, so that homonyms exist as they do in an academy.
 */
import { type Random, at } from './random.ts';

export interface Name {
  readonly civility: 'M.' | 'Mme';
  readonly givenName: string;
  readonly familyName: string;
}

export function pickName(random: Random, generation: 'adult' | 'pupil', womenShare = 0.6): Name {
  const isWoman = random.unit() < womenShare;
  const given = generation === 'adult' ? (isWoman ? WOMEN : MEN) : isWoman ? GIRLS : BOYS;
  return {
    civility: isWoman ? 'Mme' : 'M.',
    givenName: skewed(random, given),
    familyName: random.chance(0.035) ? doubled(random) : skewed(random, FAMILY),
  };
}

/** Squaring favours the head of the list: a few frequent names, a long tail. */
function skewed(random: Random, list: readonly string[]): string {
  return at(list, Math.floor(random.unit() ** 1.6 * list.length));
}

/** A married or double name, out of two simple ones. */
function doubled(random: Random): string {
  const [first, second] = [random.pick(SIMPLE), random.pick(SIMPLE)];
  return first === second ? first : `${first}-${second}`;
}

const words = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const WOMEN =
  words(`Nathalie, Isabelle, Sylvie, Catherine, Valérie, Sandrine, Céline, Stéphanie, Aurélie, Émilie, Julie, Claire,
Virginie, Sophie, Laurence, Christine, Véronique, Delphine, Anne, Marie, Karine, Élodie, Caroline, Audrey, Laetitia, Florence, Camille,
Hélène, Mathilde, Pauline, Charlotte, Fatima, Nadia, Samira, Leïla, Aïcha, Khadija, Amina, Fatoumata, Aminata, Mariama, Anne-Sophie,
Marie-Laure, Marie-Christine, Marie-Pierre, Anne-Laure, Anne-Marie, Marie-Hélène, Rose-May, Marie-Thérèse, Édith, Solène, Gaëlle, Maëlle,
Nolwenn, Rozenn, Ghislaine, Colette, Françoise, Monique, Danièle, Évelyne, Josiane, Béatrice, Brigitte, Agnès, Élisabeth, Estelle, Clémence,
Clémentine, Océane, Manon, Justine, Margaux, Agathe, Victoire, Apolline, Philippine, Bérénice, Sabrina, Myriam, Yasmina, Houria, Djamila,
Thi Mai, Linh, Sofia, Inès, Carla, Lucia, Ana, Rosa, Paola, Teresa, Ewa, Katarzyna, Svetlana, Oksana, Maeva, Vaea, Hinatea, Tiare, Heimata,
Wassila, Zaïnaba, Anrifa, Echati, Murielle, Ketty, Gladys, Myrtille, Marlène, Lise-May, Géraldine, Priscilla, Frédérique, Dominique, Claude,
Pascale, Michèle, Joëlle, Régine, Odile, Maud, Capucine, Noémie, Léa, Chloé, Sarah, Lola, Zoé, Ségolène, Astrid, Ingrid, Rachel, Judith, Myrna`);

const MEN =
  words(`Philippe, Laurent, Christophe, Stéphane, Nicolas, Frédéric, Olivier, Thierry, Pascal, David, Sébastien, Julien, Thomas,
Éric, Bruno, Alain, Pierre, Jérôme, Vincent, Guillaume, Alexandre, Benjamin, Cédric, Fabrice, Patrick, François, Franck, Marc, Mickaël,
Ludovic, Arnaud, Emmanuel, Romain, Antoine, Maxime, Mathieu, Florian, Kévin, Jérémy, Anthony, Clément, Hugo, Jean-Baptiste, Jean-François,
Jean-Pierre, Jean-Luc, Jean-Christophe, Pierre-Yves, Jean-Marc, Paul-Henri, Charles-Édouard, Karim, Mehdi, Rachid, Mohamed, Ahmed, Youssef,
Nasser, Samir, Abdallah, Mamadou, Ousmane, Ibrahima, Boubacar, Moussa, Issa, Saïd, Ali, Tuan, Minh, Rui, José, Paulo, Miguel, Álvaro, Giovanni,
Piotr, Bogdan, Andreï, Teiki, Teva, Manutea, Tamatoa, Wilfrid, Rodrigue, Fulbert, Gérard, Bernard, Dominique, Claude, Michel, Gaël, Loïc,
Erwan, Yann, Ronan, Mikaël, Joël, Raphaël, Gaëtan, Étienne, Rémi, Rémy, Régis, Aurélien, Adrien, Damien, Fabien, Quentin, Valentin, Baptiste,
Augustin, Côme, Tanguy, Aymeric, Thibault, Thibaut, Geoffroy, Amaury, Hervé, Gilles, Yves, Denis, Didier, Serge, Xavier, Grégory, Yohann, Ugo`);

const GIRLS =
  words(`Emma, Jade, Louise, Alice, Léa, Manon, Inès, Lina, Chloé, Camille, Zoé, Juliette, Anna, Mila, Rose, Sarah, Léna, Lou,
Agathe, Romane, Nina, Éva, Jeanne, Margaux, Louna, Clara, Maëlys, Lola, Lucie, Élise, Océane, Ambre, Yasmine, Nour, Aya, Assia, Fatou, Aïssatou,
Maryam, Salomé, Victoria, Apolline, Capucine, Célestine, Éléonore, Héloïse, Anaïs, Noémie, Maïa, Lana, Tiana, Kenza, Safiya, Lyna, Soumaya,
Linh, Mei, Maeva, Hinano, Poerava, Mélody, Kélia, Naïma, Anne-Lou, Marie-Lou, Lily-Rose, Lou-Ann, Thaïs, Loane, Gwenaëlle, Aliénor, Blanche`);

const BOYS =
  words(`Gabriel, Léo, Raphaël, Louis, Arthur, Jules, Adam, Hugo, Lucas, Maël, Noah, Liam, Nathan, Sacha, Ethan, Paul, Tom, Aaron,
Mohamed, Gabin, Nolan, Théo, Mathis, Timéo, Enzo, Rayan, Eden, Naël, Malo, Côme, Marius, Martin, Valentin, Victor, Axel, Baptiste, Antoine,
Maxence, Clément, Robin, Yanis, Ismaël, Ilyes, Kaïs, Amine, Ibrahim, Mamadou, Youssouf, Souleymane, Milo, Augustin, Gaspard, Achille, Célestin,
Léon, Simon, Samuel, Elliot, Loïs, Joaquim, Diego, Mateo, Tiago, Teano, Manoa, Keanu, Loann, Killian, Evan, Ewen, Titouan, Jean-Baptiste, Paul-Émile`);

const FAMILY =
  words(`Martin, Bernard, Dubois, Thomas, Robert, Richard, Petit, Durand, Leroy, Moreau, Simon, Laurent, Lefebvre, Michel, Garcia,
David, Bertrand, Roux, Vincent, Fournier, Morel, Girard, André, Lefèvre, Mercier, Dupont, Lambert, Bonnet, François, Martinez, Legrand, Garnier,
Faure, Rousseau, Blanc, Guérin, Muller, Henry, Roussel, Nicolas, Perrin, Morin, Mathieu, Clément, Gauthier, Dumont, Lopez, Fontaine, Chevalier,
Robin, Masson, Sanchez, Gérard, Nguyen, Boyer, Denis, Lemaire, Duval, Joly, Gautier, Roger, Roche, Roy, Noël, Meyer, Lucas, Meunier, Jean, Perez,
Marchand, Dufour, Blanchard, Marie, Barbier, Brun, Dumas, Brunet, Schmitt, Leroux, Colas, Fernandez, Pierre, Renard, Arnaud, Rolland, Caron,
Aubert, Giraud, Leclerc, Vidal, Bourgeois, Renaud, Lemoine, Picard, Gaillard, Philippe, Leclercq, Lacroix, Fabre, Dupuis, Olivier, Rodriguez,
Da Silva, Hubert, Louis, Charles, Guillot, Rivière, Le Gall, Guillaume, Adam, Rey, Moulin, González, Berger, Lecomte, Menard, Fleury, Deschamps,
Carpentier, Julien, Benoît, Paris, Maillard, Marchal, Aubry, Vasseur, Le Roux, Renault, Barre, Collet, Payet, Hoarau, Grondin, Boyer de Saint-Aignan,
Rivière-Técher, Hoareau, Fontaine, Lebon, Sautron, Dijoux, Maillot, Vitry, Ramassamy, Virapoullé, Técher, Bègue, Céleste, Jean-Louis, Jean-Marie,
Marie-Joseph, Marie-Sainte, Charles-Alfred, Pierre-Louis, Sainte-Rose, Rosette, Cadet, Bazile, Pamphile, Zobda, Montlouis-Félicité, Césaire,
Sinnan, Naranin, Ozier-Lafontaine, Tehei, Teriitehau, Tetuanui, Maruhi, Tuheiava, Wamytan, Wéa, Néaoutyine, Poadja, Attoumani, Madi, Abdou, Ali Saïd,
Boinali, Mlanao, Saïndou, N'Guyen, N'Diaye, Diallo, Traoré, Keïta, Camara, Cissé, Sow, Bâ, Konaté, Koné, Ouattara, Mendy, Gomis, Diop, Touré,
Benali, Benhamou, Ben Youssef, Bouaziz, Boudiaf, Cherif, El Amrani, El Khoury, Haddad, Hamdi, Kaci, Khelifi, Mansouri, Meziane, Messaoudi, Naceri,
Ouali, Ould Ahmed, Rahmani, Saïdi, Slimani, Zerrouki, Ait Ahmed, Cohen, Lévy, Azoulay, Attias, Papadopoulos, Yılmaz, Öztürk, Kowalski, Nowak,
Wiśniewski, Popescu, Ionescu, Petrović, Horvat, Rossi, Ferrari, Esposito, Giordano, Martins, Pereira, Ferreira, Gonçalves, Dos Santos, De Oliveira,
Lopes, Rodrigues, Tran, Pham, Lê, Vo, Huynh, Phan, Chen, Wang, Liu, Singh, Kumar, Le Goff, Le Bihan, Le Bris, Le Floc'h, Kerguélen, Guéguen, Quéré,
Tanguy, Cloarec, Guivarc'h, Pennec, L'Hostis, Du Plessis, de La Tour, de Villeneuve, d'Arcy, d'Hérouville, de Saint-Martin, des Moulins, du Bois,
de Castelbajac, Le Tellier, La Fontaine, Etcheverry, Etchegaray, Harispe, Iturria, Bidart, Casanova, Santoni, Mattei, Paoli, Luciani, Colonna,
Schneider, Weber, Zimmermann, Klein, Schaeffer, Kieffer, Oberlé, Vandenbroucke, Vanhoutte, Deleersnyder, Delattre, Desmet, Lœwenbruck, Bœuf, Cœur,
Gœtz, Mañas, Muñoz, Peña, Núñez, Ibáñez, Château, Bâtisse, Hénaff, Crêpin, Prévost, Évrard, Hébert, Bézard, Desprès, Fréchet, Maître, Lemaître`);

const SIMPLE = FAMILY.filter((name) => !/[ '-]/u.test(name)).slice(0, 150);
