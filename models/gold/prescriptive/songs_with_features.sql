/*---
description: >-
  One row a song that was streamed and has audio features that gold averages, under its most
  streamed track id. The features are the song's own, so each of its streams has the same.
materialized: ephemeral
columns:
  - name: song_id
    description: The song, its versions together.
  - name: track_id
    description: The song's most streamed track id; null where no source has one.
  - name: track_name
    description: Title of that track.
  - name: artist_name
    description: Artist of that track.
  - name: valence
    description: How positive the music sounds, 0 to 1.
  - name: energy
    description: Intensity, 0 to 1.
  - name: danceability
    description: How suitable for dancing, 0 to 1.
  - name: acousticness
    description: Confidence that the track is acoustic, 0 to 1.
  - name: instrumentalness
    description: Confidence that the track has no vocals, 0 to 1.
  - name: speechiness
    description: Share of spoken words, 0 to 1.
  - name: liveness
    description: Confidence that an audience is heard, 0 to 1.
  - name: loudness
    description: Mean loudness in decibels.
  - name: tempo
    description: Beats a minute.
  - name: play_count
    description: Streams of all versions of the song.
  - name: ms_played
    description: Milliseconds of these streams; those whose source has no length add nothing.
  - name: last_started_at
    description: Start of the latest of them, UTC.
---*/

with

streams as (

    select * from {{ref 'streams'}}

    where has_features

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
        {{#each (list
            'valence' 'energy' 'danceability' 'acousticness' 'instrumentalness' 'speechiness'
            'liveness' 'loudness' 'tempo'
        ) as |feature|}}
        max({{feature}}) as {{feature}},
        {{/each}}
        count(*) as play_count,
        cast(coalesce(sum(ms_played), 0) as bigint) as ms_played,
        max(started_at) as last_started_at

    from streams

    group by song_id

),

songs_named as (

    select
        versions_ranked.track_id,
        versions_ranked.track_name,
        versions_ranked.artist_name,
        songs_counted.*

    from songs_counted

    inner join versions_ranked
        on songs_counted.song_id = versions_ranked.song_id
        and versions_ranked.version_rank = 1

)

select * from songs_named
