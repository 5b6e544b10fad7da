with counted as (
    select day_part, main_genre, count(*) as plays
    from {{ref 'silver_listening_with_features'}}
    where main_genre is not null
    group by day_part, main_genre
)
select
    day_part,
    main_genre,
    plays,
    rank() over (partition by day_part order by plays desc, main_genre) as genre_rank
from counted
