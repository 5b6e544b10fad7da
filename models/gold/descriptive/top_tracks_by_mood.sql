/*---
description: >-
  The 50 most played songs of each mood of music, by streams, each under its most played track id.
  Songs that tie are ranked by minutes, then by the latest play, then by id. Empty without a
  catalogue, since only it knows valence and energy, of which moods are made.
columns:
  - name: track_id
    description: The song's most streamed track id; null where no source has one.
  - name: track_name
    description: Title of that track.
    data_tests: [not_null]
  - name: artist_name
    description: Artist of that track.
  - name: mood_category
    description: Mood of the music.
    data_tests:
      - not_null
      - relationships: { to: mood_quadrants, field: mood_category }
  - name: valence
    description: How positive the music sounds, 0 to 1.
    data_tests: [not_null]
  - name: energy
    description: Intensity, 0 to 1.
    data_tests: [not_null]
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: tempo
    description: Beats a minute.
  - name: play_count
    description: Streams of all versions of the song.
    data_tests:
      - range: { min: 1 }
  - name: rank_in_category
    description: Rank within the mood, from 1.
    data_tests:
      - range: { min: 1, max: 50 }
data_tests:
  - unique: { columns: [mood_category, rank_in_category] }
---*/

with

streams as (

    select * from {{ref 'streams'}}

    where mood_category is not null

),

versions_counted as (

    select
        song_id,
        track_id,
        track_name,
        artist_name,
        count(*) as version_play_count,
        max(started_at) as version_last_started_at

    from streams

    group by song_id, track_id, track_name, artist_name

),

versions_ranked as (

    select
        *,
        row_number() over (
            partition by song_id
            order by
                track_id is null, version_play_count desc, version_last_started_at desc,
                track_id, track_name, artist_name
        ) as version_rank

    from versions_counted

),

songs_counted as (

    select
        song_id,
        mood_category,
        max(valence) as valence,
        max(energy) as energy,
        max(danceability) as danceability,
        max(tempo) as tempo,
        count(*) as play_count,
        coalesce(sum(ms_played), 0) as ms_played,
        max(started_at) as last_started_at

    from streams

    group by song_id, mood_category

),

songs_ranked as (

    select
        versions_ranked.track_id,
        versions_ranked.track_name,
        versions_ranked.artist_name,
        songs_counted.mood_category,
        round(songs_counted.valence, 3) as valence,
        round(songs_counted.energy, 3) as energy,
        round(songs_counted.danceability, 3) as danceability,
        round(songs_counted.tempo, 1) as tempo,
        songs_counted.play_count,
        row_number() over (
            partition by songs_counted.mood_category
            order by
                songs_counted.play_count desc, songs_counted.ms_played desc,
                songs_counted.last_started_at desc, songs_counted.song_id
        ) as rank_in_category

    from songs_counted

    inner join versions_ranked
        on songs_counted.song_id = versions_ranked.song_id
        and versions_ranked.version_rank = 1

    ),

top_songs as (

    select * from songs_ranked
    where rank_in_category <= 50

    order by mood_category, rank_in_category

)

select * from top_songs
